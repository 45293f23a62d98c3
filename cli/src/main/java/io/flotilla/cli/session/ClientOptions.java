package io.flotilla.cli.session;

import io.flotilla.client.ClientConfig;
import io.flotilla.client.Endpoint;
import io.flotilla.client.FlotillaClient;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command reaches the cluster. Set by the parser, then read. */
public final class ClientOptions {
    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "127.0.0.1:7400",
            description = "Brokers to ask first; one that answers is enough. Default: $FLOTILLA_BOOTSTRAP,"
                    + " the profile's, or 127.0.0.1:7400")
    private List<Endpoint> bootstrap = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long a request may take, with all its attempts. Default: $FLOTILLA_TIMEOUT,"
                    + " the profile's, or 30s")
    private Duration timeout = Duration.ZERO;

    public List<Endpoint> bootstrap() {
        return bootstrap;
    }

    public Duration timeout() {
        return timeout;
    }

    /** A connection that the caller closes; it is not used before something is asked. */
    public FlotillaClient connect() {
        return FlotillaClient.connect(ClientConfig.of(bootstrap).withRequestTimeout(timeout));
    }
}
