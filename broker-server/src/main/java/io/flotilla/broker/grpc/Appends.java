package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.Acks;
import io.flotilla.v1.Appended;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.wire.FrameBody;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Appends a batch to its partition wherever that is led: here, or one hop away. Every outcome is an answer; the futures
 * do not fail. Safe for use by any thread.
 */
final class Appends {
    private static final int DEFAULT_TIMEOUT_MS = 30_000;
    private static final int MAX_TIMEOUT_MS = 300_000;

    private final Routing routing;
    private final BatchAdmission admission;
    private final ProduceForwarder forwarder;
    private final StorageWatch storage;

    Appends(Routing routing, BatchAdmission admission, ProduceForwarder forwarder, StorageWatch storage) {
        this.routing = routing;
        this.admission = admission;
        this.forwarder = forwarder;
        this.storage = storage;
    }

    /**
     * What a client asks for beside the batch.
     *
     * @param epoch leadership the client has in mind
     * @param expectedOffset the batch must get
     * @param everywhere answer only when every replica has it
     * @param mayForward whether another broker may be asked
     * @param timeoutMs 0 = default
     */
    record Terms(
            OptionalInt epoch, OptionalLong expectedOffset, boolean everywhere, boolean mayForward, int timeoutMs) {
        Terms {
            timeoutMs = timeoutMs == 0 ? DEFAULT_TIMEOUT_MS : timeoutMs;
        }
    }

    /** A batch and where it is to go. */
    static final class Request {
        private final Topic topic;
        private final PartitionId id;
        private final Terms terms;
        private final byte[] bytes;
        private final int position;
        private final int length;

        /** A request whose batch is {@code length} bytes of {@code bytes}, which nobody changes until it is answered. */
        Request(Topic topic, PartitionId id, Terms terms, byte[] bytes, int position, int length) {
            this.topic = topic;
            this.id = id;
            this.terms = terms;
            this.bytes = bytes;
            this.position = position;
            this.length = length;
        }

        PartitionId id() {
            return id;
        }

        static void requireTimeout(int timeoutMs) {
            if (timeoutMs < 0 || timeoutMs > MAX_TIMEOUT_MS) {
                throw Errors.invalid(
                        "timeout_ms is %d; must be 0 (default) to %d".formatted(timeoutMs, MAX_TIMEOUT_MS));
            }
        }
    }

    /**
     * An append under way.
     *
     * @param answer without correlation id; comes in time
     * @param end completes when the batch's bytes are not needed any more, which may be long after the answer
     */
    record Started(CompletableFuture<ProduceResponse> answer, CompletableFuture<Void> end) {}

    Started append(Request request) {
        CompletableFuture<ProduceResponse> outcome = outcome(request);
        return new Started(
                outcome.copy()
                        .orTimeout(request.terms.timeoutMs(), TimeUnit.MILLISECONDS)
                        .exceptionally(error -> failed(Errors.of(error))),
                outcome.handle((answer, error) -> null));
    }

    private CompletableFuture<ProduceResponse> outcome(Request request) {
        try {
            return route(request);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(Errors.of(e)));
        }
    }

    private CompletableFuture<ProduceResponse> route(Request request) {
        Optional<Partition> here = routing.ledHere(request.id);
        return here.isPresent() ? appendHere(here.get(), request) : appendElsewhere(request);
    }

    private CompletableFuture<ProduceResponse> appendHere(Partition partition, Request request) {
        request.terms.epoch().ifPresent(epoch -> routing.requireEpoch(partition, epoch));
        if (storage.full()) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_STORAGE_FULL,
                            "broker %d has %d bytes of disk left and keeps %d free (storage.min-free-bytes); free some"
                                    .formatted(routing.nodeId(), storage.freeBytes(), storage.minFreeBytes()))
                    .withRetryAfter(1000);
        }
        return partition
                .append(admission.admit(
                        request.bytes,
                        request.position,
                        request.length,
                        request.terms.expectedOffset(),
                        routing.image().configOf(request.topic)))
                .thenCompose(outcome -> request.terms.everywhere() && outcome instanceof AppendOutcome.Appended
                        ? partition.onEveryReplica().thenApply(there -> outcome)
                        : CompletableFuture.completedFuture(outcome))
                .thenApply(outcome -> answer(partition, outcome));
    }

    /** One that was refused here is not passed on: those behind it may have been by now. */
    private ProduceResponse answer(Partition partition, AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            return appended(partition, appended);
        } else if (outcome instanceof AppendOutcome.NotLeader) {
            return failed(routing.notLeader(partition.id()));
        }
        return failed(Errors.of(outcome));
    }

    private CompletableFuture<ProduceResponse> appendElsewhere(Request request) {
        Optional<LeaderHint> leader = routing.leaderElsewhere(request.id);
        if (leader.isEmpty() || !request.terms.mayForward()) {
            return CompletableFuture.completedFuture(failed(routing.notLeader(request.id)));
        }
        ProduceRequest.Builder header = ProduceRequest.newBuilder()
                .setTopic(request.topic.name())
                .setTopicId(ByteString.copyFrom(request.topic.id().toBytes()))
                .setPartition(request.id.partition())
                .setTimeoutMs(request.terms.timeoutMs())
                .setLeaderOnly(true);
        request.terms.epoch().ifPresent(header::setLeaderEpoch);
        request.terms.expectedOffset().ifPresent(header::setExpectedOffset);
        if (request.terms.everywhere()) {
            header.setAcks(Acks.ACKS_ALL);
        }
        return forwarder
                .forward(
                        leader.get().getEndpoint(),
                        header.build(),
                        FrameBody.of(request.bytes, request.position, request.length))
                .thenApply(answer -> answer.toBuilder().setLeader(leader.get()).build());
    }

    private static ProduceResponse appended(Partition partition, AppendOutcome.Appended appended) {
        WrittenBatch batch = appended.batch();
        return ProduceResponse.newBuilder()
                .setAppended(Appended.newBuilder()
                        .setPartition(partition.id().partition())
                        .setBaseOffset(batch.baseOffset())
                        .setNextOffset(batch.nextOffset())
                        .setAppendTimeMs(batch.appendTimeMs())
                        .setLeaderEpoch(batch.leaderEpoch())
                        .setLogStartOffset(partition.logStart())
                        .setDuplicate(appended.duplicate()))
                .build();
    }

    static ProduceResponse failed(FlotillaException error) {
        return ProduceResponse.newBuilder().setError(error.toError()).build();
    }
}
