package io.flotilla.cli.admin;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.GetClusterHealthResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla cluster wait}: asks again and again, for {@code --timeout} in all. */
@Command(
        name = "wait",
        description = "Wait until the cluster is as asked for; exits with 10 if it is not in time",
        footer = {"", "Example:", "  flotilla cluster wait --healthy --brokers 3 --timeout 2m"})
final class ClusterWait implements Callable<Integer> {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final Session session;

    @Option(names = "--healthy", description = "There is no reason to act; the default without --brokers")
    private boolean healthy;

    @Option(names = "--brokers", paramLabel = "N", description = "At least N brokers are up")
    private int brokers;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    ClusterWait(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        Instant deadline = session.clock().instant().plus(client.timeout());
        GetClusterHealthResponse last = null;
        FlotillaException error = null;
        try (FlotillaClient connection = client.connect()) {
            do {
                try {
                    last = FlotillaClient.join(connection.admin().clusterHealth());
                    error = null;
                    if (isAsAsked(last)) {
                        session.show(HealthCard.answer(last));
                        return ExitCode.OK.code();
                    }
                } catch (FlotillaException e) {
                    error = e;
                }
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
            } while (session.clock().instant().isBefore(deadline));
        }
        return tooLate(last, error);
    }

    private boolean isAsAsked(GetClusterHealthResponse health) {
        boolean mustBeHealthy = healthy || brokers == 0;
        return (!mustBeHealthy || health.getHealthy()) && health.getOnlineBrokerCount() >= brokers;
    }

    private int tooLate(@Nullable GetClusterHealthResponse last, @Nullable FlotillaException error) {
        if (error != null || last == null) {
            throw new CommandFailure(
                    error == null
                            ? new Problem(
                                    ExitCode.UNAVAILABLE,
                                    "cannot wait for the cluster",
                                    "no broker answered in time",
                                    "check -b and that the brokers run, or wait longer with --timeout",
                                    "TIMED_OUT")
                            : Problem.ofQuestion("cannot wait for the cluster", error));
        }
        session.show(HealthCard.answer(last));
        return ExitCode.UNHEALTHY.code();
    }
}
