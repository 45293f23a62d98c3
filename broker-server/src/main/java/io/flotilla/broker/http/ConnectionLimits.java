package io.flotilla.broker.http;

import java.util.Map;

/**
 * What one client of the HTTP port can cost. The JDK's server takes these limits from system properties only, once per
 * process and for all of its servers; without them it waits for ever for the rest of a request. Sizes of requests are
 * limited by the JDK's own defaults: 380 KiB for the request line and headers; a body is not read.
 */
final class ConnectionLimits {
    /** Beyond it, a new connection is closed at once. */
    static final int MAX_CONNECTIONS = 32;

    private static final Map<String, String> PROPERTIES = Map.of(
            "jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS),
            // seconds for a request to arrive, and for its answer to be taken
            "sun.net.httpserver.maxReqTime", "5",
            "sun.net.httpserver.maxRspTime", "30",
            // seconds for which a connection may stay open without a request; looked at every so many milliseconds
            "sun.net.httpserver.idleInterval", "20",
            "sun.net.httpserver.clockTick", "1000",
            // headers and body are two writes, and the second would wait for the client to confirm the first
            "sun.net.httpserver.nodelay", "true");

    private ConnectionLimits() {}

    /** To be called before the first server is made. What an operator has set with {@code -D} stays. */
    static void apply() {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
