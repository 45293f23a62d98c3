package io.flotilla.raft.ratis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/** Writes files of a Raft log as Ratis does, entry by entry. */
final class RaftLogWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long nextIndex;

    RaftLogWriter(long firstIndex) {
        bytes.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
        nextIndex = firstIndex;
    }

    /** Entries up to {@code lastIndex}, all of {@code term}. */
    RaftLogWriter upTo(long lastIndex, long term, boolean payload) {
        while (nextIndex <= lastIndex) {
            entry(term, payload);
        }
        return this;
    }

    RaftLogWriter entry(long term, boolean payload) {
        StateMachineLogEntryProto.Builder command =
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFromUtf8("entry " + nextIndex));
        if (payload) {
            command.setStateMachineEntry(StateMachineEntryProto.newBuilder().setLogEntryProtoSerializedSize(1000));
        }
        byte[] entry = LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(nextIndex++)
                .setStateMachineLogEntry(command)
                .build()
                .toByteArray();
        ByteBuffer framed = ByteBuffer.allocate(CodedOutputStream.computeUInt32SizeNoTag(entry.length) + entry.length);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(framed);
            out.writeUInt32NoTag(entry.length);
            out.writeRawBytes(entry);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError("nothing here does I/O", e);
        }
        framed.flip();
        CRC32C crc = new CRC32C();
        crc.update(framed.duplicate());
        byte[] frame = new byte[framed.remaining()];
        framed.get(frame);
        bytes.writeBytes(frame);
        bytes.writeBytes(
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    Path writeTo(Path file) throws IOException {
        return Files.write(file, bytes());
    }
}
