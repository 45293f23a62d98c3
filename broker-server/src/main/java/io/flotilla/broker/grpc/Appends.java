package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.Appended;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.wire.FrameBody;
import java.util.Optional;
import java.util.OptionalInt;
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

    /** A batch and where it is to go. */
    static final class Request {
        private final Topic topic;
        private final PartitionId id;
        private final OptionalInt epoch;
        private final boolean mayForward;
        private final int timeoutMs;
        private final byte[] bytes;
        private final int position;
        private final int length;

        /**
         * A request whose batch is {@code length} bytes of {@code bytes}, which nobody changes until it is answered.
         *
         * @param epoch leadership the client has in mind
         * @param mayForward whether another broker may be asked
         * @param timeoutMs 0 = default
         */
        Request(
                Topic topic,
                PartitionId id,
                OptionalInt epoch,
                boolean mayForward,
                int timeoutMs,
                byte[] bytes,
                int position,
                int length) {
            this.topic = topic;
            this.id = id;
            this.epoch = epoch;
            this.mayForward = mayForward;
            this.timeoutMs = timeoutMs == 0 ? DEFAULT_TIMEOUT_MS : timeoutMs;
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
                        .orTimeout(request.timeoutMs, TimeUnit.MILLISECONDS)
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
        request.epoch.ifPresent(epoch -> routing.requireEpoch(partition, epoch));
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
                        routing.image().configOf(request.topic)))
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
        if (leader.isEmpty() || !request.mayForward) {
            return CompletableFuture.completedFuture(failed(routing.notLeader(request.id)));
        }
        ProduceRequest.Builder header = ProduceRequest.newBuilder()
                .setTopic(request.topic.name())
                .setTopicId(ByteString.copyFrom(request.topic.id().toBytes()))
                .setPartition(request.id.partition())
                .setTimeoutMs(request.timeoutMs)
                .setLeaderOnly(true);
        request.epoch.ifPresent(header::setLeaderEpoch);
        return forwarder
                .forward(
                        leader.get().getEndpoint(),
                        header.build(),
                        FrameBody.of(request.bytes, request.position, request.length))
                .thenApply(answer -> answer.toBuilder().setLeader(leader.get()).build());
    }

    private static ProduceResponse appended(Partition partition, AppendOutcome.Appended appended) {
        return ProduceResponse.newBuilder()
                .setAppended(Appended.newBuilder()
                        .setPartition(partition.id().partition())
                        .setBaseOffset(appended.baseOffset())
                        .setNextOffset(appended.nextOffset())
                        .setAppendTimeMs(appended.appendTimeMs())
                        .setLeaderEpoch(appended.leaderEpoch())
                        .setLogStartOffset(partition.logStart()))
                .build();
    }

    static ProduceResponse failed(FlotillaException error) {
        return ProduceResponse.newBuilder().setError(error.toError()).build();
    }
}
