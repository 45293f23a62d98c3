package io.flotilla.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a client finds its cluster and how patient it is.
 *
 * @param bootstrap brokers to ask first; one that answers is enough
 * @param requestTimeout how long one administrative or metadata call may take, with all its retries
 * @param keepAliveTime silence after which a connection is probed
 * @param keepAliveTimeout silence after a probe that makes the connection count as broken
 * @param meters where it counts what it does
 */
public record ClientConfig(
        List<Endpoint> bootstrap,
        Duration requestTimeout,
        Duration keepAliveTime,
        Duration keepAliveTimeout,
        ClientMeters meters) {
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
        return new ClientConfig(
                bootstrap, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(10), ClientMeters.NONE);
    }

    /**
     * Of settings such as {@code client.request-timeout=10s}; {@code client.bootstrap} must be there. Settings of producers
     * and consumers are skipped.
     *
     * @throws IllegalArgumentException if a key does not exist, or a value is not understood; it names them all
     */
    public static ClientConfig from(Map<String, String> settings) {
        return keys().from(settings);
    }

    static ConfigKeys<ClientConfig> keys() {
        ClientConfig template = of(List.of(new Endpoint("localhost", Endpoint.DEFAULT_PORT)));
        return new ConfigKeys<>("client", ClientConfig.class, template, Map.of("bootstrap", Optional.empty()));
    }

    public ClientConfig withRequestTimeout(Duration timeout) {
        return new ClientConfig(bootstrap, timeout, keepAliveTime, keepAliveTimeout, meters);
    }

    /** Counts in a registry, say: {@code MicrometerMeters.in(registry)}. */
    public ClientConfig withMeters(ClientMeters newMeters) {
        return new ClientConfig(bootstrap, requestTimeout, keepAliveTime, keepAliveTimeout, newMeters);
    }
}
