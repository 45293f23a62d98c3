package io.flotilla.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ErrorCode;

/**
 * An answer of Consume or Fetch as a client gets it: batches that are still one array, or any other event as a message.
 */
public sealed interface InboundEvent {
    /** Stored frames behind their header, one after another, each beginning with its tag. */
    final class Frames implements InboundEvent {
        private final Batches header;
        private final byte[] bytes;
        private final int from;

        private Frames(Batches header, byte[] bytes, int from) {
            this.header = header;
            this.bytes = bytes;
            this.from = from;
        }

        /** All fields but {@code batches}. */
        public Batches header() {
            return header;
        }

        /** The message; the frames are its end. */
        public byte[] bytes() {
            return bytes;
        }

        /** Index in {@link #bytes()} of the first frame; their length if there is none. */
        public int from() {
            return from;
        }
    }

    /** Everything else. */
    record Other(ConsumeResponse event) implements InboundEvent {}

    /**
     * Tells the two apart.
     *
     * @throws FormatException INVALID_REQUEST if this is no such answer
     */
    static InboundEvent parse(byte[] message) {
        WireReader in = new WireReader(message, 0, message.length, ErrorCode.ERROR_CODE_INVALID_REQUEST);
        try {
            if (in.atEnd() || in.tag() != WireType.tag(1, WireType.LENGTH_DELIMITED)) {
                return new Other(ConsumeResponse.parseFrom(message));
            }
            int length = in.length();
            int from = in.position();
            in.advance(length);
            if (!in.atEnd()) {
                throw in.broken("an answer has %d bytes behind its batches".formatted(message.length - in.position()));
            }
            return frames(message, from);
        } catch (InvalidProtocolBufferException e) {
            throw in.broken("not an answer: " + e.getMessage());
        }
    }

    /** Batches that fill {@code message} from {@code from} on. */
    static Frames frames(byte[] message, int from) throws InvalidProtocolBufferException {
        WireReader in = new WireReader(message, from, message.length, ErrorCode.ERROR_CODE_INVALID_REQUEST);
        int frames = message.length;
        while (!in.atEnd()) {
            int start = in.position();
            int tag = in.tag();
            if (tag == WireType.tag(Batches.BATCHES_FIELD_NUMBER, WireType.LENGTH_DELIMITED)) {
                frames = start;
                break;
            }
            in.skip(tag & 7);
        }
        return new Frames(Batches.parser().parseFrom(message, from, frames - from), message, frames);
    }
}
