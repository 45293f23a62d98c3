package io.flotilla.cli.admin;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.GetClusterHealthResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla cluster health}. */
@Command(name = "health", description = "Say whether everything works; exits with 10 if it does not")
final class ClusterHealth implements Callable<Integer> {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    ClusterHealth(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FlotillaClient connection = client.connect()) {
            GetClusterHealthResponse health = Requests.ask(
                    "ask for the cluster's health", connection.admin().clusterHealth());
            session.show(HealthCard.answer(health));
            return (health.getHealthy() ? ExitCode.OK : ExitCode.UNHEALTHY).code();
        }
    }
}
