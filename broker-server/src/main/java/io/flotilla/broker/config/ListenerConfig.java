package io.flotilla.broker.config;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a broker listens.
 *
 * @param host address all ports are bound to
 * @param advertisedHost name or address under which clients and other brokers reach this one; empty for {@code host}
 * @param port the port for clients; 0 for any that is free
 * @param raftPort the port for other brokers, which must be able to find it again
 * @param httpPort the port for metrics and health; 0 for any that is free, -1 for none
 * @param insecure allows a {@code host} that other machines can reach. There is neither encryption nor authentication
 *     yet, so whoever reaches the ports can read and write everything: set it only in a network you trust
 */
public record ListenerConfig(
        String host, String advertisedHost, int port, int raftPort, int httpPort, boolean insecure) {
    /** The {@code httpPort} of a broker that does not listen for HTTP. */
    public static final int OFF = -1;

    private static final int MAX_PORT = 65535;
    // By what is written, not by what a name server says today.
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|::1|127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    // last, for its making needs the others
    public static final ListenerConfig DEFAULT = new ListenerConfig("127.0.0.1", "", 7400, 7401, 7402, false);

    public ListenerConfig {
        Rule.require(!host.isEmpty(), "host", host, "must be a name or an address");
        Rule.range("port", port, 0, MAX_PORT);
        Rule.range("raftPort", raftPort, 1, MAX_PORT);
        Rule.range("httpPort", httpPort, OFF, MAX_PORT);
        Rule.require(raftPort != port, "raftPort", raftPort, "must differ from {port}");
        Rule.require(httpPort <= 0 || httpPort != port, "httpPort", httpPort, "must differ from {port}");
        Rule.require(httpPort <= 0 || httpPort != raftPort, "httpPort", httpPort, "must differ from {raftPort}");
        Rule.require(
                insecure || LOOPBACK.matcher(host).matches(),
                "host",
                host,
                "must be a loopback address such as 127.0.0.1, because there is neither encryption nor authentication"
                        + " yet and whoever reaches the ports can read and write everything; in a network you trust,"
                        + " set {insecure}=true");
        Rule.require(
                !advertisedHost.isEmpty() || !WILDCARDS.contains(host),
                "advertisedHost",
                advertisedHost,
                "must be set when {host} is %s, which others cannot dial".formatted(host));
    }

    /** What others dial. */
    public String reachableHost() {
        return advertisedHost.isEmpty() ? host : advertisedHost;
    }
}
