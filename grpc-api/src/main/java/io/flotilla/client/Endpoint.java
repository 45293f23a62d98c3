package io.flotilla.client;

import io.flotilla.v1.BrokerEndpoint;
import java.util.Arrays;
import java.util.List;

/**
 * Where a broker can be dialled.
 *
 * @param host name or address, without brackets around an IPv6 address
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
    /** Port of a broker when none is written. */
    public static final int DEFAULT_PORT = 7400;

    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host is empty; write host:port");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of %s is %d; must be 1 to 65535".formatted(host, port));
        }
    }

    /** Reads {@code host}, {@code host:port} or {@code [::1]:port}. */
    public static Endpoint parse(String text) {
        String trimmed = text.trim();
        int bracket = trimmed.lastIndexOf(']');
        int colon = trimmed.indexOf(':', Math.max(0, bracket));
        String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new Endpoint(host, colon < 0 ? DEFAULT_PORT : Integer.parseInt(trimmed.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not an address; write host:port".formatted(text), e);
        }
    }

    /** Reads a list separated by commas. */
    public static List<Endpoint> parseList(String text) {
        return Arrays.stream(text.split(",", -1)).map(Endpoint::parse).toList();
    }

    static Endpoint of(BrokerEndpoint endpoint) {
        return new Endpoint(endpoint.getHost(), endpoint.getPort());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
