package io.flotilla.broker.control;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.broker.storage.NodeIdentity;
import io.flotilla.broker.v1.AcquaintanceRequest;
import io.flotilla.broker.v1.AcquaintanceResponse;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Finds out whether a voter with an empty data directory is new or has lost its data. It must not simply start: if it
 * voted before, its votes and entries are forgotten, and an empty log among the voters could undo what was agreed. It is
 * new if enough of the other voters say that they are new too or have never heard of it.
 */
final class Acquaintance {
    private static final String METHOD = "acquaintance";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);

    private final PeerCalls calls;
    private final Supplier<NodeIdentity> identity;
    private final Supplier<MetadataImage> image;

    /** What the others know of this node. */
    enum Standing {
        /** Too few have answered. */
        UNKNOWN,
        NEW,
        /** It is registered with another data directory. */
        LOST_ITS_DATA
    }

    Acquaintance(PeerCalls calls, Supplier<NodeIdentity> identity, Supplier<MetadataImage> image) {
        this.calls = calls;
        this.identity = identity;
        this.image = image;
        calls.handle(METHOD, this::answer);
    }

    /** Asks all {@code voters}, of which this node is one, once. */
    CompletableFuture<Standing> ask(List<Peer> voters) {
        NodeIdentity self = identity.get();
        byte[] request = AcquaintanceRequest.newBuilder()
                .setNodeId(self.nodeId())
                .build()
                .toByteArray();
        Map<Integer, AcquaintanceResponse> answers = new ConcurrentHashMap<>();
        CompletableFuture<?>[] asked = voters.stream()
                .filter(peer -> peer.nodeId() != self.nodeId())
                .map(peer -> calls.call(peer, METHOD, request, ANSWER_WITHIN).handle((bytes, error) -> {
                    if (error == null) {
                        answers.put(peer.nodeId(), parse(bytes));
                    }
                    return null;
                }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(asked).thenApply(all -> judge(voters.size(), self, answers));
    }

    private static Standing judge(int voters, NodeIdentity self, Map<Integer, AcquaintanceResponse> answers) {
        int strangers = 1; // this node does not know itself either
        for (AcquaintanceResponse answer : answers.values()) {
            if (answer.hasKnown() && !answer.getKnown().getDirectoryId().isEmpty()) {
                return answer.getKnown().getDirectoryId().equals(GroupBytes.encode(self.directoryId()))
                        ? Standing.NEW
                        : Standing.LOST_ITS_DATA;
            }
            if (answer.getFresh() || answer.hasKnown()) {
                strangers++;
            }
        }
        return 2 * strangers > voters ? Standing.NEW : Standing.UNKNOWN;
    }

    private static AcquaintanceResponse parse(byte[] bytes) {
        try {
            return AcquaintanceResponse.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return AcquaintanceResponse.newBuilder().setNotYet(true).build();
        }
    }

    private CompletableFuture<byte[]> answer(byte[] bytes) {
        int nodeId;
        try {
            nodeId = AcquaintanceRequest.parseFrom(bytes).getNodeId();
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        AcquaintanceResponse.Builder answer = AcquaintanceResponse.newBuilder();
        MetadataImage now = image.get();
        if (now.hasCluster()) {
            AcquaintanceResponse.Known.Builder known =
                    AcquaintanceResponse.Known.newBuilder().setClusterId(now.clusterId());
            now.brokers()
                    .find(nodeId)
                    .map(RegisteredBroker::registration)
                    .ifPresent(r -> known.setDirectoryId(GroupBytes.encode(r.directoryId())));
            answer.setKnown(known);
        } else if (identity.get().hasCluster()) {
            answer.setNotYet(true);
        } else {
            answer.setFresh(true);
        }
        return CompletableFuture.completedFuture(answer.build().toByteArray());
    }
}
