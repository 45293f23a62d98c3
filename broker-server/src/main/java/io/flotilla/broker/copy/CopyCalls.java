package io.flotilla.broker.copy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.flotilla.broker.v1.CopyEntriesRequest;
import io.flotilla.broker.v1.CopyEntriesResponse;
import io.flotilla.broker.v1.CopyProducersRequest;
import io.flotilla.broker.v1.CopyProducersResponse;
import io.flotilla.broker.v1.CopyStateRequest;
import io.flotilla.broker.v1.CopyStateResponse;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32C;

/** Asks a {@link CopySource} for one partition. Safe for any thread. */
final class CopyCalls {
    /** For who may be about to go: others are asked next. */
    private static final Duration OFFER_WITHIN = Duration.ofSeconds(3);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final PeerCalls calls;
    private final ByteString group;
    private final List<Peer> others;

    /** @param others who may lead */
    CopyCalls(PeerCalls calls, GroupId group, List<Peer> others) {
        this.calls = calls;
        this.group = PeerCodec.bytes(group);
        this.others = List.copyOf(others);
    }

    /** What the leader holds. */
    record Offer(Peer leader, CopyStateResponse state) {}

    /** Fails if nobody says that it leads. */
    CompletableFuture<Offer> offer() {
        return offer(new ArrayDeque<>(others), new HashSet<>(), new ArrayList<>());
    }

    private CompletableFuture<Offer> offer(Deque<Peer> next, Set<Peer> asked, List<String> problems) {
        Peer peer = next.poll();
        if (peer == null) {
            return CompletableFuture.failedFuture(new IOException("no leader was found: " + problems));
        }
        if (!asked.add(peer)) {
            return offer(next, asked, problems);
        }
        CopyStateRequest request = CopyStateRequest.newBuilder().setGroup(group).build();
        return call(peer, CopySource.STATE, request, CopyStateResponse.parser(), OFFER_WITHIN)
                .exceptionally(error -> {
                    problems.add(String.valueOf(error.getMessage()));
                    return CopyStateResponse.getDefaultInstance();
                })
                .thenCompose(state -> {
                    if (state.getLeads()) {
                        return CompletableFuture.completedFuture(new Offer(peer, state));
                    }
                    others.stream()
                            .filter(other -> state.hasLeaderId() && other.nodeId() == state.getLeaderId())
                            .forEach(next::addFirst);
                    return offer(next, asked, problems);
                });
    }

    CompletableFuture<CopyEntriesResponse> entries(Peer from, long offset, long endOffset, int maxBytes) {
        CopyEntriesRequest request = CopyEntriesRequest.newBuilder()
                .setGroup(group)
                .setFromOffset(offset)
                .setEndOffset(endOffset)
                .setMaxBytes(maxBytes)
                .build();
        return call(from, CopySource.ENTRIES, request, CopyEntriesResponse.parser(), ANSWER_WITHIN);
    }

    /** The file of producers; empty if there is none. Fails if it is replaced meanwhile. */
    CompletableFuture<byte[]> producers(Peer from) {
        return producers(from, new ByteArrayOutputStream());
    }

    private CompletableFuture<byte[]> producers(Peer from, ByteArrayOutputStream soFar) {
        CopyProducersRequest request = CopyProducersRequest.newBuilder()
                .setGroup(group)
                .setPosition(soFar.size())
                .build();
        return call(from, CopySource.PRODUCERS, request, CopyProducersResponse.parser(), ANSWER_WITHIN)
                .thenCompose(answer -> {
                    soFar.writeBytes(answer.getPart().toByteArray());
                    if (soFar.size() < answer.getSize() && !answer.getPart().isEmpty()) {
                        return producers(from, soFar);
                    }
                    byte[] file = soFar.toByteArray();
                    return crc(file) == answer.getCrc()
                            ? CompletableFuture.completedFuture(file)
                            : CompletableFuture.failedFuture(
                                    new IOException("the file of producers changed while it was copied"));
                });
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }

    private <T> CompletableFuture<T> call(
            Peer peer, String method, MessageLite request, Parser<T> parser, Duration within) {
        return calls.call(peer, method, request.toByteArray(), within).thenApply(bytes -> {
            try {
                return parser.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new CompletionException(e);
            }
        });
    }
}
