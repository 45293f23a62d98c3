package io.flotilla.log;

/**
 * What the 72 bytes before the body of a batch say. Header and body together are a frame: field 15 of a protobuf
 * message {@code repeated LogBatch batches = 15}, so that a range of whole frames can be sent as it lies on disk. Numbers
 * are little endian, and all of fixed width, so that offsets can be filled in where the frame lies.
 *
 * <pre>
 *   at  width  bytes                       meaning
 *    0    1    7A                          tag: field 15, length-delimited
 *    1    4    varint, padded to 4 bytes   length of what follows: 67 + bodyBytes
 *    5    5    0D, fixed32                 CRC-32C of bytes 0 to 4 and 10 to 71
 *   10    9    11, sfixed64                baseOffset; -1 while unassigned
 *   19    9    19, sfixed64                nextOffset, exclusive; while unassigned -1 + number of records
 *   28    9    21, sfixed64                raftIndex; -1 while unassigned
 *   37    5    2D, sfixed32                term; -1 while unassigned
 *   42    9    31, sfixed64                appendTimeMs: leader's clock, set before the batch is proposed
 *   51    9    39, sfixed64                maxTimestampMs of the records, by the topic's timestamp type
 *   60    5    45, fixed32                 CRC-32C of the body
 *   65    2    48, varint                  timestamp type: 0 create time, 1 log append time
 *   67    5    7A, varint padded to 4      tag and bodyBytes
 *   72    n                                body: the client's bytes
 * </pre>
 *
 * @param bodyBytes length of the body
 * @param baseOffset of the first record
 * @param nextOffset exclusive; {@code nextOffset - baseOffset} is the number of records, also while
 *     unassigned, but not after a compaction: then it is the number of offsets that no other batch has
 * @param term of the leader that proposed the batch
 * @param bodyCrc32c as the client computed it; the header's own checksum covers it
 */
public record BatchHeader(
        int bodyBytes,
        long baseOffset,
        long nextOffset,
        long raftIndex,
        int term,
        long appendTimeMs,
        long maxTimestampMs,
        int bodyCrc32c,
        boolean logAppendTime) {
    /** Bytes of a frame before its body. */
    public static final int HEADER_BYTES = 72;

    /** Stands for an offset, raft index or term that the leader has not filled in yet. */
    public static final int UNASSIGNED = -1;

    /** The header that starts at {@code at}. The bytes must have been checked; see {@link Frames#problemInHeader}. */
    public static BatchHeader read(byte[] bytes, int at) {
        return new BatchHeader(
                Frames.bodyBytes(bytes, at),
                Frames.longAt(bytes, at + Frames.BASE_OFFSET),
                Frames.longAt(bytes, at + Frames.NEXT_OFFSET),
                Frames.longAt(bytes, at + Frames.RAFT_INDEX),
                Frames.intAt(bytes, at + Frames.TERM),
                Frames.longAt(bytes, at + Frames.APPEND_TIME),
                Frames.longAt(bytes, at + Frames.MAX_TIMESTAMP),
                Frames.intAt(bytes, at + Frames.BODY_CRC),
                bytes[at + Frames.TIMESTAMP_TYPE] == 1);
    }

    /** Header and body. */
    public int frameBytes() {
        return HEADER_BYTES + bodyBytes;
    }

    public long recordCount() {
        return nextOffset - baseOffset;
    }

    /** This one with the offsets up to the end of {@code last}, a later one, and as late in the Raft log. */
    BatchHeader until(BatchHeader last) {
        return new BatchHeader(
                bodyBytes,
                baseOffset,
                last.nextOffset,
                last.raftIndex,
                last.term,
                appendTimeMs,
                maxTimestampMs,
                bodyCrc32c,
                logAppendTime);
    }

    /** This one with the offsets from {@code base} on. */
    BatchHeader from(long base) {
        return new BatchHeader(
                bodyBytes, base, nextOffset, raftIndex, term, appendTimeMs, maxTimestampMs, bodyCrc32c, logAppendTime);
    }
}
