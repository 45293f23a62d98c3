package io.flotilla.metadata;

/**
 * The listeners of one broker.
 *
 * @param client where clients speak gRPC
 * @param raft where other brokers speak Raft and internal calls; no two live brokers have the same
 * @param httpPort on the client listener's host: metrics, health, console; {@link #NO_HTTP} if switched off
 */
public record BrokerEndpoints(Endpoint client, Endpoint raft, int httpPort) {
    public static final int NO_HTTP = 0;

    public BrokerEndpoints {
        if (httpPort < NO_HTTP || httpPort > Endpoint.MAX_PORT) {
            throw new IllegalArgumentException(
                    "http port is %d; must be %d (none) to %d".formatted(httpPort, NO_HTTP, Endpoint.MAX_PORT));
        }
    }
}
