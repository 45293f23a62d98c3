package io.flotilla.client;

import java.time.Duration;
import java.util.List;

/**
 * How a client finds its cluster and how patient it is.
 *
 * @param bootstrap brokers to ask first; one that answers is enough
 * @param requestTimeout how long one administrative or metadata call may take, with all its retries
 * @param keepAliveTime silence after which a connection is probed
 * @param keepAliveTimeout silence after a probe that makes the connection count as broken
 */
public record ClientConfig(
        List<Endpoint> bootstrap, Duration requestTimeout, Duration keepAliveTime, Duration keepAliveTimeout) {
    public ClientConfig {
        bootstrap = List.copyOf(bootstrap);
        if (bootstrap.isEmpty()) {
            throw new IllegalArgumentException("bootstrap is empty; name at least one broker as host:port");
        }
    }

    /** The defaults, for brokers written as {@code host:port,host:port}. */
    public static ClientConfig of(String bootstrap) {
        return of(Endpoint.parseList(bootstrap));
    }

    /** The defaults. */
    public static ClientConfig of(List<Endpoint> bootstrap) {
        return new ClientConfig(bootstrap, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(10));
    }

    public ClientConfig withRequestTimeout(Duration timeout) {
        return new ClientConfig(bootstrap, timeout, keepAliveTime, keepAliveTimeout);
    }
}
