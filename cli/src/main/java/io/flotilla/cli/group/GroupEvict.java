package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group evict}. */
@Command(
        name = "evict",
        description = "Evict a member: others take its partitions over at once. A client that is alive joins again",
        footer = {"", "Example:", "  flotilla group evict billing 9c1e6f2a-6c1b-4f3a-8a53-5d1a2b3c4d5e"})
final class GroupEvict implements Runnable {
    private final Session session;

    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Parameters(index = "1", paramLabel = "MEMBER", description = "The member's id, as 'group members' shows it")
    private String member = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    GroupEvict(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            Requests.change(
                    "evict member %s of group %s".formatted(member, group),
                    connection.admin().removeMember(group, member));
            session.say("evicted member %s of group %s".formatted(member, group));
        }
    }
}
