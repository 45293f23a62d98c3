package io.flotilla.broker.grpc;

import io.flotilla.log.LogSlice;
import io.flotilla.v1.LeaderHint;
import io.flotilla.wire.FrameBody;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Whole committed frames of one partition, and where the partition's log stood when they were read.
 *
 * @param nextOffset continue from here
 * @param leader where they were read, if not here
 */
record Chunk(
        Frames frames,
        long nextOffset,
        long highWatermark,
        long logStart,
        @Nullable LeaderHint leader) {
    boolean isEmpty() {
        return frames.size() == 0;
    }

    /** Frames one after another, in an array or in several pieces. */
    interface Frames extends FrameBody {
        /** All of them in one array; may copy. */
        byte[] bytes();

        /** Index in {@link #bytes()} of the first. */
        int from();
    }

    /** Frames of this broker's own log. */
    static final class Local implements Frames {
        private final LogSlice slice;

        Local(LogSlice slice) {
            this.slice = slice;
        }

        @Override
        public int size() {
            return slice.sizeBytes();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            slice.writeTo(out);
        }

        @Override
        public byte[] bytes() {
            return slice.bytes();
        }

        @Override
        public int from() {
            return 0;
        }

        @Override
        public void close() {
            // memory only
        }
    }

    /** Frames at the end of an answer from another broker. */
    static final class Remote implements Frames {
        private final byte[] message;
        private final int from;

        Remote(byte[] message, int from) {
            this.message = message;
            this.from = from;
        }

        @Override
        public int size() {
            return message.length - from;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(message, from, size());
        }

        @Override
        public byte[] bytes() {
            return message;
        }

        @Override
        public int from() {
            return from;
        }

        @Override
        public void close() {
            // memory only
        }
    }
}
