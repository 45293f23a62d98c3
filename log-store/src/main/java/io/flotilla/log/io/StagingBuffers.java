package io.flotilla.log.io;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Direct buffers that bytes pass through on their way between heap and file. The JDK would otherwise keep, for each
 * thread, direct buffers as large as the largest array that thread ever moved. Used by any thread.
 */
final class StagingBuffers {
    static final int BUFFER_BYTES = 128 * 1024;
    private static final int KEPT = 16;

    private final ArrayBlockingQueue<ByteBuffer> idle = new ArrayBlockingQueue<>(KEPT);

    ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        return buffer == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : buffer.clear();
    }

    /** Beyond the few that are kept, a buffer is left to the garbage collector. */
    void give(ByteBuffer buffer) {
        idle.offer(buffer);
    }
}
