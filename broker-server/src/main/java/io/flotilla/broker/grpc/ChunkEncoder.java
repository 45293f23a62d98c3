package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.record.BatchTranscoder;
import io.flotilla.v1.Batches;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.FrameBody;
import io.flotilla.wire.OutboundMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes messages of chunks in the form a client can take: as they are stored, if it decompresses and skips by itself,
 * else rewritten batch by batch.
 */
final class ChunkEncoder {
    private final BatchTranscoder transcoder;
    private final int maxBytes;

    /** @param maxBytes of frames in one message, if the client's own limit is not lower; one frame is always sent */
    ChunkEncoder(DecodeOptions options, int maxBytes) {
        this.transcoder = BatchTranscoder.of(options);
        this.maxBytes = Math.min(maxBytes, transcoder.maxFrameBytes());
    }

    /** How much to read at once. */
    int readBytes() {
        return maxBytes;
    }

    /**
     * What one message carries; its frames go out as they are.
     *
     * @param from the first offset that is wanted of them
     */
    record Encoded(long from, Batches header, FrameBody frames) {
        /** As an event of a Consume call, or the answer to a Fetch. */
        OutboundMessage message() {
            return OutboundMessage.batches(header, frames);
        }

        /** Where the next message continues. */
        long nextOffset() {
            return header.getNextOffset();
        }

        int batchBytes() {
            return frames.size();
        }
    }

    /**
     * @param header with topic and partition
     * @param until exclusive
     * @param withCredit whether the client gives credit back
     */
    Encoded encode(Batches.Builder header, Chunk chunk, long from, long until, boolean withCredit) {
        Selected selected =
                transcoder.isVerbatim() && chunk.nextOffset() <= until ? whole(chunk) : select(chunk, from, until);
        if (chunk.leader() != null) {
            header.setLeader(chunk.leader());
        }
        Batches head = header.setNextOffset(selected.nextOffset())
                .setHighWatermark(chunk.highWatermark())
                .setLogStartOffset(chunk.logStart())
                .setCreditBytes(withCredit ? selected.body().size() : 0)
                .build();
        return new Encoded(from, head, selected.body());
    }

    private record Selected(FrameBody body, long nextOffset) {}

    private Selected whole(Chunk chunk) {
        if (chunk.frames().size() > transcoder.maxFrameBytes()) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT,
                            "a batch of %d bytes does not fit the client's messages; raise max_message_bytes"
                                    .formatted(chunk.frames().size()))
                    .with("needed_bytes", chunk.frames().size() + 1024);
        }
        return new Selected(chunk.frames(), chunk.nextOffset());
    }

    private Selected select(Chunk chunk, long from, long until) {
        byte[] bytes = chunk.frames().bytes();
        List<BatchFrame> kept = new ArrayList<>();
        int size = 0;
        long next = from;
        for (BatchFrame stored : new BatchFrames(
                bytes,
                chunk.frames().from(),
                chunk.frames().from() + chunk.frames().size())) {
            if (stored.baseOffset() >= until) {
                break;
            }
            BatchFrame frame;
            try {
                frame = transcoder.transcode(stored, from, until);
            } catch (FormatException e) {
                if (kept.isEmpty()) {
                    throw e;
                }
                break; // first what can be sent
            }
            if (frame != null) {
                if (!kept.isEmpty() && size + frame.size() > maxBytes) {
                    break;
                }
                kept.add(frame);
                size += frame.size();
            }
            next = Math.min(frame == null ? stored.nextOffset() : frame.nextOffset(), until);
            if (next < stored.nextOffset()) {
                break; // the rest of this batch is for the next message, or not wanted
            }
        }
        return new Selected(new Pieces(kept, size), next);
    }

    /** Frames from different arrays. */
    private record Pieces(List<BatchFrame> frames, int size) implements FrameBody {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (BatchFrame frame : frames) {
                out.write(frame.bytes(), frame.position(), frame.size());
            }
        }

        @Override
        public void close() {
            // memory only
        }
    }

    static int orDefault(int value, int byDefault, int max, String name) {
        if (value < 0 || value > max) {
            throw Errors.invalid("%s is %d; must be 0 (default) to %d".formatted(name, value, max));
        }
        return value == 0 ? byDefault : value;
    }

    static DecodeOptions check(DecodeOptions options) {
        if (options.getMaxMessageBytes() < 0) {
            throw Errors.invalid(
                    "max_message_bytes is %d; must be 0 (default) or more".formatted(options.getMaxMessageBytes()));
        }
        return options;
    }
}
