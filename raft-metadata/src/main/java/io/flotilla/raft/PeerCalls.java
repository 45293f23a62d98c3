package io.flotilla.raft;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Calls from node to node over the internal listener, on a connection of their own, so that they do not queue behind
 * payload. Requests and answers are not large: at most {@value #MAX_BYTES} bytes.
 */
public interface PeerCalls {
    int MAX_BYTES = 5 << 20;

    /** Answers calls named {@code method}; replaces an earlier handler of that name. */
    void handle(String method, Handler handler);

    /** Fails with {@link PeerUnreachableException} if the peer cannot be reached or has no such handler. */
    CompletableFuture<byte[]> call(Peer peer, String method, byte[] request, Duration timeout);

    /** Runs on a small pool shared by all calls; must not block for long. */
    interface Handler {
        CompletableFuture<byte[]> answer(byte[] request);
    }
}
