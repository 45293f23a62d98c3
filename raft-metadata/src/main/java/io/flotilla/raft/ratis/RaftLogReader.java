package io.flotilla.raft.ratis;

import io.flotilla.raft.TermIndex;
import io.flotilla.raft.ratis.RaftLogFiles.RaftLogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one file of a Raft log entry by entry, up to the first that is not whole. Raft log files hold headers only and
 * are at most a few megabytes.
 *
 * <pre>
 *   "RaftLog1", then per entry:
 *     varint32 length | LogEntryProto | crc32c over both, 4 bytes big endian
 *   then zeros, where space was set aside
 * </pre>
 */
final class RaftLogReader {
    private static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_VARINT32_BYTES = 5;

    private final byte[] bytes;
    private int position;
    private final long firstIndex;
    private long nextIndex;
    private boolean stopped;

    RaftLogReader(Path file, long firstIndex) throws IOException {
        this.bytes = Files.readAllBytes(file);
        this.firstIndex = firstIndex;
        this.nextIndex = firstIndex;
        if (Arrays.mismatch(bytes, 0, Math.min(bytes.length, MAGIC.length), MAGIC, 0, MAGIC.length) < 0) {
            position = MAGIC.length;
        } else {
            stopped = true;
        }
    }

    /** The next entry, or null at the first byte that does not begin a whole one. */
    @Nullable
    RaftLogEntry next() {
        if (stopped) {
            return null;
        }
        stopped = true;
        int at = position;
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            if (at == bytes.length || at - position == MAX_VARINT32_BYTES) {
                return null;
            }
            byte b = bytes[at++];
            length |= (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
        }
        if (length <= 0 || length > bytes.length - at - Integer.BYTES) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, position, at + length - position);
        if ((int) crc.getValue() != ByteBuffer.wrap(bytes).getInt(at + length)) {
            return null;
        }
        LogEntryProto proto;
        try {
            proto = LogEntryProto.parser().parseFrom(bytes, at, length);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
        if (proto.getIndex() != nextIndex) {
            return null;
        }
        stopped = false;
        position = at + length + Integer.BYTES;
        nextIndex++;
        boolean hasPayload = proto.hasStateMachineLogEntry()
                && proto.getStateMachineLogEntry().getStateMachineEntry().getLogEntryProtoSerializedSize() > 0;
        return new RaftLogEntry(new TermIndex(proto.getTerm(), proto.getIndex()), hasPayload);
    }

    /** Index of the entry {@link #next} would return. */
    long nextIndex() {
        return nextIndex;
    }

    /** Whether no whole entry was found. */
    boolean isEmpty() {
        return nextIndex == firstIndex;
    }

    /** Where the last whole entry ends. */
    long position() {
        return position;
    }

    /** Whether nothing but zeros follows the last whole entry. */
    boolean endedCleanly() {
        for (int i = position; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return position > 0;
    }
}
