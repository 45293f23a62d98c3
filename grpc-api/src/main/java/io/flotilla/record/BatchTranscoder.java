package io.flotilla.record;

import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.RecordBatch;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.WireReader;
import io.flotilla.wire.WireType;
import io.flotilla.wire.WireWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites stored frames for clients that cannot decompress them, cannot skip records, or cannot take a message of that
 * size. Records themselves are never encoded again: everything is a cut between two records. Immutable.
 */
public final class BatchTranscoder {
    /** {@code until} when nothing stops the read. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    private static final int DEFAULT_MESSAGE_BYTES = 4 << 20;
    // room for the header of Batches, with a topic name and a leader's host of the longest kind
    private static final int MESSAGE_OVERHEAD_BYTES = 1024;
    private static final int NEW_FIELDS_BYTES = 32;

    private final Set<Compression> accepted;
    private final boolean acceptsUntrimmed;
    private final int maxFrameBytes;

    /**
     * @param accepted codecs the client can decompress
     * @param acceptsUntrimmed the client skips records outside its range by itself
     * @param maxFrameBytes largest frame the client can take
     */
    public BatchTranscoder(Set<Compression> accepted, boolean acceptsUntrimmed, int maxFrameBytes) {
        this.accepted = accepted.isEmpty() ? EnumSet.noneOf(Compression.class) : EnumSet.copyOf(accepted);
        this.acceptsUntrimmed = acceptsUntrimmed;
        this.maxFrameBytes = maxFrameBytes;
    }

    /** The transcoder that a client's options ask for. */
    public static BatchTranscoder of(DecodeOptions options) {
        int messageBytes = options.getMaxMessageBytes() > 0 ? options.getMaxMessageBytes() : DEFAULT_MESSAGE_BYTES;
        return new BatchTranscoder(
                Set.copyOf(options.getAcceptList()),
                options.getAcceptUntrimmed(),
                Math.max(0, messageBytes - MESSAGE_OVERHEAD_BYTES));
    }

    /** True when every stored frame of at most {@link #maxFrameBytes()} can be sent without looking at it. */
    public boolean isVerbatim() {
        return acceptsUntrimmed
                && accepted.containsAll(List.of(
                        Compression.COMPRESSION_GZIP,
                        Compression.COMPRESSION_SNAPPY,
                        Compression.COMPRESSION_LZ4,
                        Compression.COMPRESSION_ZSTD));
    }

    /** Largest frame this client can take. */
    public int maxFrameBytes() {
        return maxFrameBytes;
    }

    /**
     * The records of {@code stored} from {@code from} to before {@code until}, or, if they do not fit one message, the
     * first of them: the caller goes on at the result's {@code nextOffset}. For example, of a batch with offsets 10 to
     * 19, {@code transcode(batch, 12, 18)} is a batch with offsets 12 to 17.
     *
     * @param until exclusive; {@link #NO_LIMIT} = all
     * @return {@code stored} itself if the client can take it as it is; null if it has no record in the range
     * @throws FormatException CLIENT_MESSAGE_LIMIT if the first record alone is too large; UNSUPPORTED_FEATURE for a
     *     Kafka batch; as {@link RecordCursor} for a batch that cannot be read
     */
    public @Nullable BatchFrame transcode(BatchFrame stored, long from, long until) {
        BatchInfo info = BatchScanner.header(stored.bytes(), stored.bodyPosition(), stored.bodyBytes());
        return canTake(stored, info, from, until) ? stored : cut(stored, info, from, until);
    }

    private boolean canTake(BatchFrame stored, BatchInfo info, long from, long until) {
        return info.format() == PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED
                && (info.plain() || accepted.contains(info.compression()))
                && (acceptsUntrimmed || (from <= stored.baseOffset() && until >= stored.nextOffset()))
                && stored.size() <= maxFrameBytes;
    }

    private @Nullable BatchFrame cut(BatchFrame stored, BatchInfo info, long from, long until) {
        RecordCursor cursor = RecordCursor.open(stored, info);
        byte[] kept = keptFields(stored, info);
        int room = maxFrameBytes - FrameHeader.BYTES - kept.length - NEW_FIELDS_BYTES;
        int count = 0;
        int start = 0;
        int end = 0;
        long base = stored.baseOffset();
        long next = stored.nextOffset();
        while (cursor.next()) {
            if (cursor.offset() < from) {
                continue;
            }
            boolean fits = cursor.recordEnd() - (count == 0 ? cursor.recordStart() : start) <= room;
            if (count == 0 && !fits && cursor.offset() < until) {
                throw tooLarge(cursor, cursor.recordEnd() - cursor.recordStart() - room);
            }
            if (cursor.offset() >= until || !fits) {
                next = cursor.offset();
                break;
            }
            if (count == 0) {
                start = cursor.recordStart();
                base = cursor.hasExplicitOffsets() ? stored.baseOffset() : cursor.offset();
            }
            end = cursor.recordEnd();
            count++;
        }
        if (count == 0) {
            return null;
        }
        byte[] body = body(kept, count, cursor.payload(), start, end);
        FrameHeader header = stored.header();
        return BatchFrame.of(
                new FrameHeader(
                        base,
                        next,
                        header.raftIndex(),
                        header.leaderEpoch(),
                        header.appendTimeMs(),
                        header.maxTimestampMs(),
                        header.timestampType()),
                body,
                0,
                body.length);
    }

    /** The batch's header fields that are as true of some of its records as of all; unknown ones too. */
    static byte[] keptFields(BatchFrame stored, BatchInfo info) {
        int from = stored.bodyPosition();
        WireReader in =
                new WireReader(stored.bytes(), from, from + stored.bodyBytes(), ErrorCode.ERROR_CODE_INVALID_BATCH);
        WireWriter kept = new WireWriter(stored.bodyBytes() - info.payloadBytes());
        while (!in.atEnd()) {
            int start = in.position();
            int tag = in.tag();
            in.skip(tag & 7);
            switch (tag >>> 3) {
                case RecordBatch.RECORD_COUNT_FIELD_NUMBER,
                        RecordBatch.COMPRESSION_FIELD_NUMBER,
                        RecordBatch.UNCOMPRESSED_BYTES_FIELD_NUMBER,
                        RecordBatch.CRC32C_FIELD_NUMBER,
                        RecordBatch.RECORDS_FIELD_NUMBER,
                        RecordBatch.ENCODED_RECORDS_FIELD_NUMBER -> {}
                default -> kept.raw(stored.bytes(), start, in.position() - start);
            }
        }
        return kept.toByteArray();
    }

    private static byte[] body(byte[] kept, int recordCount, byte[] payload, int start, int end) {
        WireWriter body = new WireWriter(kept.length + NEW_FIELDS_BYTES + end - start);
        body.number(RecordBatch.RECORD_COUNT_FIELD_NUMBER, recordCount);
        body.raw(kept, 0, kept.length);
        body.tag(RecordBatch.CRC32C_FIELD_NUMBER, WireType.FIXED32).fixed32(Checksum.of(payload, start, end - start));
        body.bytes(RecordBatch.RECORDS_FIELD_NUMBER, payload, start, end - start);
        return body.toByteArray();
    }

    private FormatException tooLarge(RecordCursor cursor, int missing) {
        return new FormatException(
                ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT,
                "the record at offset %d needs a message limit of %d bytes; raise max_message_bytes"
                        .formatted(cursor.offset(), (long) maxFrameBytes + MESSAGE_OVERHEAD_BYTES + missing));
    }
}
