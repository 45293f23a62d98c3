package io.flotilla.client;

import java.util.HashMap;
import java.util.Map;

/** The client's Produce calls, one per broker. Owned by the loop. */
final class ProduceStreams {
    private final Connections connections;
    private final ClientLoop loop;
    private final Map<Endpoint, ProduceStream> streams = new HashMap<>();

    ProduceStreams(Connections connections, ClientLoop loop) {
        this.connections = connections;
        this.loop = loop;
    }

    /** The stream to send new batches to that broker on. */
    ProduceStream to(Endpoint endpoint) {
        loop.checkInLoop();
        ProduceStream stream = streams.get(endpoint);
        if (stream == null || !stream.isOpen()) {
            stream = ProduceStream.open(endpoint, connections, loop);
            streams.put(endpoint, stream);
        }
        return stream;
    }

    void cancelAll() {
        loop.checkInLoop();
        streams.values().forEach(ProduceStream::cancel);
    }
}
