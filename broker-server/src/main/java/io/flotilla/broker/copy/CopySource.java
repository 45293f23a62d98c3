package io.flotilla.broker.copy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.broker.partition.KeptState;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.v1.CopyEntriesRequest;
import io.flotilla.broker.v1.CopyEntriesResponse;
import io.flotilla.broker.v1.CopyProducersRequest;
import io.flotilla.broker.v1.CopyProducersResponse;
import io.flotilla.broker.v1.CopyStateRequest;
import io.flotilla.broker.v1.CopyStateResponse;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerCodec;
import io.flotilla.raft.RaftNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** Answers replicas that copy from this broker's. Reads files on the pool it is given; keeps no state. */
public final class CopySource {
    static final String STATE = "copy.state";
    static final String ENTRIES = "copy.entries";
    static final String PRODUCERS = "copy.producers";

    private static final int MOST_BYTES = 4 << 20;

    private final PartitionTable table;
    private final RaftNode raft;
    private final Function<PartitionId, Path> producers;
    private final Executor pool;

    /** @param producers where a replica keeps what it knows of producers */
    public CopySource(
            PeerCalls calls,
            PartitionTable table,
            RaftNode raft,
            Function<PartitionId, Path> producers,
            Executor pool) {
        this.table = table;
        this.raft = raft;
        this.producers = producers;
        this.pool = pool;
        calls.handle(STATE, bytes -> answer(() -> state(CopyStateRequest.parseFrom(bytes))));
        calls.handle(ENTRIES, bytes -> answer(() -> entries(CopyEntriesRequest.parseFrom(bytes))));
        calls.handle(PRODUCERS, bytes -> answer(() -> producers(CopyProducersRequest.parseFrom(bytes))));
    }

    private interface Answer {
        MessageLite make() throws InvalidProtocolBufferException, LogException, IOException;
    }

    private CompletableFuture<byte[]> answer(Answer answer) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return answer.make().toByteArray();
                    } catch (LogException e) {
                        throw new UncheckedIOException(new IOException(e.getMessage(), e));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                pool);
    }

    /** A new leader answers before it may lead: it may have to wait for the one who asks to agree with it. */
    private CopyStateResponse state(CopyStateRequest request) throws IOException, LogException {
        GroupId group = PeerCodec.groupId(request.getGroup());
        Optional<Partition> here = table.serving(PartitionId.of(group));
        if (here.isEmpty() || here.get().leadership().role() != Leadership.Role.LEADER) {
            CopyStateResponse.Builder elsewhere = CopyStateResponse.newBuilder();
            raft.group(group)
                    .map(member -> member.leadership().leaderId())
                    .filter(leader -> leader != Leadership.NO_LEADER && leader != raft.nodeId())
                    .ifPresent(elsewhere::setLeaderId);
            return elsewhere.build();
        }
        KeptState kept = here.get().keptState();
        return CopyStateResponse.newBuilder()
                .setLeads(true)
                .setRaftIndex(kept.last().index())
                .setTerm(kept.last().term())
                .setEndOffset(kept.endOffset())
                .setLogStart(kept.logStart())
                .setRewrittenEnd(kept.rewrittenEnd())
                .setOriginOffset(kept.origin().offset())
                .setOriginRaftIndex(kept.origin().raftIndex())
                .setOriginTerm(kept.origin().term())
                .build();
    }

    private Partition replica(ByteString group) throws InvalidProtocolBufferException {
        PartitionId id = PartitionId.of(PeerCodec.groupId(group));
        return table.serving(id)
                .orElseThrow(() -> new IllegalStateException("there is no replica of %s here".formatted(id)));
    }

    private CopyEntriesResponse entries(CopyEntriesRequest request) throws IOException, LogException {
        Partition replica = replica(request.getGroup());
        CopyEntriesResponse.Builder entries = new EntryReader(replica)
                .read(request.getFromOffset(), request.getEndOffset(), Math.min(request.getMaxBytes(), MOST_BYTES));
        return entries.setRewrittenEnd(replica.rewrittenEnd()).build();
    }

    private CopyProducersResponse producers(CopyProducersRequest request) throws IOException {
        byte[] file = read(producers.apply(PartitionId.of(PeerCodec.groupId(request.getGroup()))));
        int from = (int) Math.min(request.getPosition(), file.length);
        int size = Math.min(MOST_BYTES, file.length - from);
        CRC32C crc = new CRC32C();
        crc.update(file, 0, file.length);
        return CopyProducersResponse.newBuilder()
                .setPart(UnsafeByteOperations.unsafeWrap(file, from, size))
                .setSize(file.length)
                .setCrc((int) crc.getValue())
                .build();
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }
}
