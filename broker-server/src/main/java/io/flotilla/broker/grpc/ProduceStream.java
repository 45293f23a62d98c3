package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.Murmur2;
import io.flotilla.v1.Acks;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.ProduceEnvelope;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One Produce call. Reads its next message only while little enough of what it sent is held, the broker has room,
 * and the client takes the answers. Answers of one partition go out in the order of its batches.
 *
 * <p>Owner: messages come one at a time; answers come from any thread and are sent under the lock.
 */
final class ProduceStream implements StreamObserver<byte[]>, OpenCalls.Call {
    private static final long MAX_HELD_BYTES = 8 << 20;

    private final ServerCallStreamObserver<ProduceResponse> out;
    private final Routing routing;
    private final Appends appends;
    private final ProduceMemory memory;
    private final boolean forwarded;
    private final OpenCalls calls;
    private final StickyChoice sticky;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private final Map<PartitionId, Queue<Pending>> unanswered = new HashMap<>();
    private final Map<PartitionId, ProduceResponse> refusals = new HashMap<>(); // not yet begun anew
    private int unansweredCount;
    private long heldBytes; // of messages that are still needed, answered or not
    private boolean requested;
    private boolean halfClosed;
    private boolean ended;

    /** A message and, when there is one, its answer. */
    private static final class Pending {
        private final long correlationId;
        private @Nullable ProduceResponse answer;

        Pending(long correlationId) {
            this.correlationId = correlationId;
        }
    }

    ProduceStream(
            ServerCallStreamObserver<ProduceResponse> out,
            Routing routing,
            Appends appends,
            ProduceMemory memory,
            StickyChoice sticky,
            OpenCalls calls) {
        this.out = out;
        this.routing = routing;
        this.appends = appends;
        this.memory = memory;
        this.sticky = sticky;
        this.forwarded = Forwarding.isForwarded();
        this.calls = calls;
        out.disableAutoRequest();
        out.setOnReadyHandler(this::requestNext);
        out.setOnCancelHandler(this::cancelled);
        requestNext();
    }

    @Override
    public void onNext(byte[] message) {
        memory.take(message.length);
        ProduceEnvelope envelope;
        try {
            envelope = ProduceEnvelope.scan(message);
        } catch (FormatException e) {
            memory.release(message.length);
            fail(Errors.of(e)); // without a correlation id there is no other way to answer
            return;
        }
        Pending pending = new Pending(envelope.correlationId());
        lock.lock();
        try {
            requested = false;
            unansweredCount++;
            heldBytes += message.length;
        } finally {
            lock.unlock();
        }
        try {
            Appends.Request request = request(envelope);
            PartitionId id = request.id();
            if (enqueue(id, pending)) {
                ProduceResponse refusal = refusalBefore(id, envelope.hasLeaderEpoch() && !forwarded);
                if (refusal != null) {
                    answered(id, pending, refusal);
                    letGo(message.length);
                } else {
                    Appends.Started append = appends.append(request);
                    var unusedAnswer = append.answer().thenAccept(answer -> answered(id, pending, answer));
                    var unusedEnd = append.end().thenRun(() -> letGo(message.length));
                }
            } else {
                letGo(message.length); // the call has ended, and the client was told that this was not written
            }
        } catch (FlotillaException e) {
            send(pending, Appends.failed(e));
            letGo(message.length);
        }
        requestNext();
    }

    /** The bytes of a message are not needed any more. */
    private void letGo(int bytes) {
        memory.release(bytes);
        lock.lock();
        try {
            heldBytes -= bytes;
        } finally {
            lock.unlock();
        }
        requestNext();
    }

    private Appends.Request request(ProduceEnvelope envelope) {
        if (envelope.topic().isEmpty()) {
            throw Errors.invalid("topic is empty; name one");
        }
        if (envelope.acks() == Acks.UNRECOGNIZED) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, "this broker knows no other acks than QUORUM and ALL");
        }
        Appends.Request.requireTimeout(envelope.timeoutMs());
        Topic topic = routing.ownTopic(envelope.topic(), envelope.topicId());
        int partition = envelope.hasPartition() ? envelope.partition() : choose(topic, envelope);
        return new Appends.Request(
                topic,
                routing.partition(topic, partition),
                new Appends.Terms(
                        envelope.hasLeaderEpoch() ? OptionalInt.of(envelope.leaderEpoch()) : OptionalInt.empty(),
                        envelope.expectedOffset(),
                        envelope.acks() == Acks.ACKS_ALL,
                        !envelope.leaderOnly() && !forwarded,
                        envelope.timeoutMs()),
                envelope.bytes(),
                envelope.batchPosition(),
                envelope.batchBytes());
    }

    private int choose(Topic topic, ProduceEnvelope envelope) {
        if (envelope.batchBytes() > 0
                && BatchScanner.header(envelope.bytes(), envelope.batchPosition(), envelope.batchBytes())
                                .producer()
                        != null) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_PARTITION_REQUIRED,
                    "the batch has a producer, whose sequences are per partition; name the partition");
        }
        int partitions = topic.partitions().size();
        return envelope.routingKey().isEmpty()
                ? sticky.next(topic.id(), partitions, envelope.batchBytes())
                : Murmur2.partition(envelope.routingKey(), partitions);
    }

    /** False if the call has ended, so that the batch must not be appended any more. */
    private boolean enqueue(PartitionId id, Pending pending) {
        lock.lock();
        try {
            if (!ended) {
                unanswered.computeIfAbsent(id, p -> new ArrayDeque<>()).add(pending);
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** A batch that continues others must not be written when one of them was not, or it would overtake it. */
    private @Nullable ProduceResponse refusalBefore(PartitionId id, boolean continues) {
        lock.lock();
        try {
            return continues ? refusals.get(id) : beginAnew(id);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ProduceResponse beginAnew(PartitionId id) {
        refusals.remove(id);
        return null;
    }

    private void answered(PartitionId id, Pending pending, ProduceResponse answer) {
        lock.lock();
        try {
            pending.answer = answer;
            if (answer.getError().getRetriable() && !answer.getError().getAmbiguous()) {
                refusals.put(id, answer);
            }
            Queue<Pending> queue = unanswered.get(id);
            while (queue != null && !queue.isEmpty() && queue.element().answer != null) {
                Pending next = queue.remove();
                send(next, Objects.requireNonNull(next.answer));
                if (queue.isEmpty()) {
                    unanswered.remove(id);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(Pending pending, ProduceResponse answer) {
        lock.lock();
        try {
            unansweredCount--;
            if (!ended) {
                out.onNext(answer.toBuilder()
                        .setCorrelationId(pending.correlationId)
                        .build());
                endIfDone();
            }
        } finally {
            lock.unlock();
        }
    }

    private void requestNext() {
        lock.lock();
        try {
            if (requested || halfClosed || ended || heldBytes >= MAX_HELD_BYTES || !out.isReady()) {
                return;
            }
            requested = true;
        } finally {
            lock.unlock();
        }
        memory.whenRoom(() -> out.request(1));
    }

    /** Half-close asks for the rest of the answers. */
    @Override
    public void onCompleted() {
        lock.lock();
        try {
            halfClosed = true;
            endIfDone();
        } finally {
            lock.unlock();
        }
    }

    private void endIfDone() {
        if (halfClosed && !ended && unansweredCount == 0) {
            ended = true;
            out.onCompleted();
            calls.leave(this);
        }
    }

    /** Tells the client to go elsewhere; what it has sent is still answered. */
    @Override
    public void drain(Drain drain) {
        lock.lock();
        try {
            if (!ended) {
                out.onNext(ProduceResponse.newBuilder().setDrain(drain).build());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the call. What is still being appended is answered first: whether it will be written is not known. */
    private void fail(FlotillaException error) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                unanswered.values().forEach(queue -> queue.forEach(pending -> out.onNext(openEnd(pending))));
                out.onError(GrpcErrors.toStatus(error));
                calls.leave(this);
            }
        } finally {
            lock.unlock();
        }
    }

    private static ProduceResponse openEnd(Pending pending) {
        ProduceResponse answer = pending.answer != null
                ? pending.answer
                : Appends.failed(Errors.of(new AppendOutcome.Unknown("the call ended before the batch was committed")));
        return answer.toBuilder().setCorrelationId(pending.correlationId).build();
    }

    @Override
    public void end(FlotillaException error) {
        fail(error);
    }

    @Override
    public boolean isIdle() {
        lock.lock();
        try {
            return unansweredCount == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable error) {
        cancelled();
    }

    /** Batches on their way are appended all the same; nobody is told. */
    private void cancelled() {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                calls.leave(this);
            }
        } finally {
            lock.unlock();
        }
    }
}
