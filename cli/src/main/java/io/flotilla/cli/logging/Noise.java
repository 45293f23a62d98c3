package io.flotilla.cli.logging;

import ch.qos.logback.classic.Level;
import java.util.Map;

/**
 * Loggers of libraries that report as trouble what is everyday life here, and the least level worth showing. That a peer
 * is down is told once by our own watch over the peers, not each second by each group that has a replica on it.
 */
final class Noise {
    static final Map<String, Level> LOGGERS = Map.of(
            "org.apache.ratis.grpc.server.GrpcLogAppender", Level.ERROR,
            "org.apache.ratis.grpc.server.GrpcServerProtocolService", Level.ERROR,
            "org.apache.ratis.grpc.server.GrpcServerProtocolClient", Level.ERROR);

    private Noise() {}
}
