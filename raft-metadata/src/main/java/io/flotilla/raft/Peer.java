package io.flotilla.raft;

/**
 * A node as other nodes reach it.
 *
 * @param nodeId the broker's id; 0 or more
 * @param host name or address of its internal listener
 * @param port of its internal listener; 1 to 65535
 */
public record Peer(int nodeId, String host, int port) {
    public Peer {
        if (nodeId < 0) {
            throw new IllegalArgumentException("node id is %d; must be 0 or more".formatted(nodeId));
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host of node %d is empty".formatted(nodeId));
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of node %d is %d; must be 1 to 65535".formatted(nodeId, port));
        }
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    public String address() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    /** Reads {@code id@host:port}, the form of {@code --initial-voters}. */
    public static Peer parse(String text) {
        int at = text.indexOf('@');
        int colon = text.lastIndexOf(':');
        if (at <= 0 || colon <= at + 1 || colon == text.length() - 1) {
            throw new IllegalArgumentException("'%s' is not a voter; write id@host:port".formatted(text));
        }
        String host = text.substring(at + 1, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new Peer(Integer.parseInt(text.substring(0, at)), host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not a voter; write id@host:port".formatted(text), e);
        }
    }

    @Override
    public String toString() {
        return nodeId + "@" + address();
    }
}
