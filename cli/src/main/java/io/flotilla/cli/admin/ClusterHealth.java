package io.flotilla.cli.admin;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.GetClusterHealthResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla cluster health}. */
@Command(
        name = "health",
        description = "Say whether everything works; exits with 10 if it does not",
        footer = {"", "Example:", "  flotilla cluster health --watch=5s"})
final class ClusterHealth implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    private boolean healthy;

    ClusterHealth(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(session, () -> {
                GetClusterHealthResponse health = Requests.ask(
                        "ask for the cluster's health", connection.admin().clusterHealth());
                healthy = health.getHealthy();
                return HealthCard.answer(health);
            });
            return (healthy ? ExitCode.OK : ExitCode.UNHEALTHY).code();
        }
    }
}
