package io.flotilla.metadata;

/**
 * Where a listener of a broker can be reached.
 *
 * @param host name or address as others should dial it
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
    static final int MAX_PORT = 65535;
    private static final int MAX_HOST = 255;

    public Endpoint {
        if (host.isEmpty() || host.length() > MAX_HOST) {
            throw new IllegalArgumentException("host is '%s'; must have 1 to %d characters".formatted(host, MAX_HOST));
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port of %s is %d; must be 1 to %d".formatted(host, port, MAX_PORT));
        }
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
