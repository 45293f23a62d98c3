package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla group pause}. */
@Command(
        name = "pause",
        description =
                "Pause a group: its members get no records, and keep their partitions. It goes on by itself when the"
                        + " time is over, or with 'group resume'",
        footer = {"", "Example:", "  flotilla group pause billing --for 30m"})
final class GroupPause implements Runnable {
    private final Session session;

    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "1h",
            description = "How long, at most 365d; default ${DEFAULT-VALUE}")
    private Duration duration = Duration.ofHours(1);

    @Mixin
    private final ClientOptions client = new ClientOptions();

    GroupPause(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            Instant until =
                    Requests.change("pause group " + group, connection.admin().pauseGroup(group, duration));
            session.say("group %s is paused until %s".formatted(group, until.truncatedTo(ChronoUnit.SECONDS)));
        }
    }
}
