package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Appended;
import io.flotilla.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The way of one partition's batches to its leader, in order. Owned by the loop.
 *
 * <p>Each batch has its place ({@link BatchSequence}), so it can be sent again and again, and is written once and in order.
 * The first batch on a stream goes alone. When it is written, several may be in flight; they name the leader epoch of its
 * answer, so that the broker takes none of them after it refused one before. When one is refused and may be tried again,
 * nothing more is sent until all in flight are answered; then the refused ones go first, in their old order, again one
 * alone. The lane moves to another stream only with nothing in flight.
 */
final class PartitionLane {
    private static final int CORRUPT_ATTEMPTS = 2;
    private static final long LOOK_AGAIN_NANOS = 1_000_000_000;

    private final int partition;
    private final Accumulator accumulator;
    private final ProducerParts parts;
    private final Backoff backoff;
    private final BatchSequence places;
    private final Deque<PendingBatch> ready = new ArrayDeque<>(); // in order; next to be sent
    private final List<PendingBatch> inFlight = new ArrayList<>(); // in order
    private final List<Refused> refused = new ArrayList<>(); // to be tried again
    private final List<Flush> flushes = new ArrayList<>();
    private @Nullable ProduceStream stream; // of the batches in flight, or of the last ones
    private OptionalInt epoch = OptionalInt.empty(); // of the leader that has written on the stream and refused nothing
    private @Nullable FlotillaException lastFailure; // since something was written
    private int failuresInARow;
    private long pausedUntilNanos;
    private boolean paused;
    private boolean waitingForStream;
    private long lookAgainNanos;
    private ClientLoop.Timer timer = ClientLoop.Timer.NONE;
    private long timerNanos;

    private record Refused(PendingBatch batch, FlotillaException error) {}

    private record Flush(long throughSequence, Runnable finished) {}

    PartitionLane(int partition, Accumulator accumulator, ProducerParts parts) {
        this.partition = partition;
        this.accumulator = accumulator;
        this.parts = parts;
        this.backoff = new Backoff(parts.random());
        this.places = new BatchSequence(
                parts.identity().getProducerId(), parts.identity().getProducerEpoch());
    }

    int partition() {
        return partition;
    }

    /** Sends what can be sent now, and otherwise makes sure to be called again. */
    void advance() {
        parts.loop().checkInLoop();
        if (!refused.isEmpty()) {
            if (!inFlight.isEmpty()) {
                return;
            }
            queueRefusedAgain();
        }
        boolean sending = !isPaused();
        while (inFlight.size() < parts.config().maxInFlightBatches() && mayGoOn()) {
            PendingBatch batch = nextBatch();
            if (batch == null) {
                wakeAt(accumulator.dueNanos());
                break;
            }
            if (isExpired(batch)) {
                ready.remove();
                giveUp(batch, expired());
            } else if (!sending || !send(batch)) {
                wakeAt(batch.deadlineNanos());
                break;
            }
        }
        if (!flushes.isEmpty()) {
            completeFlushes();
        }
    }

    private @Nullable PendingBatch nextBatch() {
        if (ready.isEmpty()) {
            boolean evenIfOpen = inFlight.isEmpty() || !flushes.isEmpty();
            PendingBatch next = accumulator.poll(evenIfOpen, parts.loop().nanoTime());
            if (next != null) {
                ready.add(next);
            }
        }
        return ready.peek();
    }

    private boolean send(PendingBatch batch) {
        Optional<Endpoint> leader = parts.cluster().leader(parts.topic().name(), partition);
        if (leader.isEmpty()) {
            pause(FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, "no leader is known"));
            return false;
        }
        ProduceStream target = parts.streams().to(leader.get());
        if (!inFlight.isEmpty() && (target != stream || epoch.isEmpty())) {
            return false;
        }
        if (target != stream) {
            stream = target;
            epoch = OptionalInt.empty();
        }
        long now = parts.loop().nanoTime();
        long leftNanos = batch.deadlineNanos() - now;
        Duration timeout = Duration.ofMillis(Math.max(
                1,
                Math.min(leftNanos / 1_000_000, parts.config().requestTimeout().toMillis())));
        if (!target.offer(
                this,
                batch,
                places.stamp(batch),
                parts.topic().name(),
                parts.topic().topicId(),
                epoch,
                parts.config().acks(),
                timeout)) {
            waitForStream();
            return false;
        }
        waitingForStream = false;
        if (batch.attempts() == 0) {
            long since =
                    batch.deadlineNanos() - parts.config().deliveryTimeout().toNanos();
            parts.meters().sent(parts.topic().name(), now - since);
        }
        batch.countAttempt(now);
        inFlight.add(ready.remove());
        return true;
    }

    /** The stream wakes this lane when it can; but if that takes long, perhaps because the leader has moved. */
    private void waitForStream() {
        long now = parts.loop().nanoTime();
        if (!waitingForStream) {
            waitingForStream = true;
            lookAgainNanos = now + LOOK_AGAIN_NANOS;
        } else if (now - lookAgainNanos >= 0) {
            parts.cluster().refresh(parts.topic().name(), Reply.ignored());
            lookAgainNanos = now + LOOK_AGAIN_NANOS;
        }
        wakeAt(lookAgainNanos);
    }

    /** The stream's answer: written. */
    void appended(PendingBatch batch, Appended appended) {
        inFlight.remove(batch);
        failuresInARow = 0;
        lastFailure = null;
        if (refused.isEmpty()) {
            epoch = OptionalInt.of(appended.getLeaderEpoch());
        }
        backoff.reset();
        parts.succeed(batch, appended);
        advance();
    }

    /** The stream's answer, or what its end means for a batch in flight. */
    void refused(PendingBatch batch, FlotillaException error) {
        inFlight.remove(batch);
        epoch = OptionalInt.empty();
        if (error.ambiguous()) {
            batch.mayBeWritten();
        }
        if (lostTrack(error) && refused.isEmpty()) {
            places.lost(); // no batch before it is sent again
        }
        if (mayTryAgain(batch, error)) {
            parts.meters().retried(parts.topic().name(), error.code());
            refused.add(new Refused(batch, error));
        } else {
            giveUp(batch, error);
        }
        advance();
    }

    /** The stream that this lane was waiting for has ended before anything was sent. */
    void streamLost(FlotillaException error) {
        boolean hopeless = !error.retriable() && !error.ambiguous();
        if (hopeless && !ready.isEmpty()) {
            giveUp(ready.remove(), error);
        }
        pause(error);
        advance();
    }

    private boolean mayTryAgain(PendingBatch batch, FlotillaException error) {
        boolean worthIt = error.retriable() || isOpen(error) || lostTrack(error);
        boolean corruptAgain =
                error.code() == ErrorCode.ERROR_CODE_CORRUPT_BATCH && batch.attempts() >= CORRUPT_ATTEMPTS;
        return worthIt && !corruptAgain && !isExpired(batch);
    }

    /** It was sent, and nothing is known but that it may be written. */
    private static boolean isOpen(FlotillaException error) {
        return error.ambiguous() && error.code() != ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE;
    }

    /** The broker does not take the batch where it stands, and has not written it in this attempt. */
    private static boolean lostTrack(FlotillaException error) {
        return !error.ambiguous()
                && (error.code() == ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE
                        || error.code() == ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER);
    }

    private void queueRefusedAgain() {
        FlotillaException last = refused.get(refused.size() - 1).error;
        refused.sort(
                Comparator.comparingLong((Refused one) -> one.batch.sequence()).reversed());
        refused.forEach(one -> ready.addFirst(one.batch));
        refused.clear();
        pause(last);
    }

    private void giveUp(PendingBatch batch, FlotillaException error) {
        places.givenUp(batch);
        parts.fail(batch, error);
    }

    /** Past a gap it goes on in a new epoch, which can begin only with nothing in flight. */
    private boolean mayGoOn() {
        if (places.isBroken()) {
            if (!inFlight.isEmpty()) {
                return false;
            }
            places.renew();
            ready.removeIf(this::failIfOpen);
        }
        return true;
    }

    private boolean failIfOpen(PendingBatch batch) {
        boolean open = places.isOpenFromBefore(batch);
        if (open) {
            parts.fail(
                    batch,
                    FlotillaException.ambiguous(
                            ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE,
                            "a batch before it was given up, and whether this one was written is not known"));
        }
        return open;
    }

    /** Waits before the next attempt; not at all when an answer has just named another leader. */
    private void pause(FlotillaException error) {
        failuresInARow++;
        lastFailure = error;
        Duration wait = backoff.next(error.retryAfterMs());
        if (error.leader() != null) {
            parts.cluster().learn(parts.topic().name(), partition, error.leader());
            wait = failuresInARow == 1 ? Duration.ZERO : wait;
        }
        if (error.leader() == null || failuresInARow > 1) {
            // nobody waits for it: a failed refresh shows in the next attempt
            parts.cluster().refresh(parts.topic().name(), Reply.ignored());
        }
        paused = !wait.isZero();
        pausedUntilNanos = parts.loop().nanoTime() + wait.toNanos();
        wakeAt(pausedUntilNanos);
    }

    private boolean isPaused() {
        if (paused && parts.loop().nanoTime() - pausedUntilNanos >= 0) {
            paused = false;
        }
        if (paused) {
            wakeAt(pausedUntilNanos);
        }
        return paused;
    }

    private boolean isExpired(PendingBatch batch) {
        return parts.loop().nanoTime() - batch.deadlineNanos() >= 0;
    }

    private FlotillaException expired() {
        String reason = lastFailure == null ? "" : "; the last attempt failed: " + lastFailure.getMessage();
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_TIMED_OUT,
                "%s/%d: not delivered within %d ms%s"
                        .formatted(
                                parts.topic().name(),
                                partition,
                                parts.config().deliveryTimeout().toMillis(),
                                reason));
    }

    /** Keeps one timer, for the earliest reason to look again. */
    private void wakeAt(long nanos) {
        if (nanos == Long.MAX_VALUE || (timer.isPending() && timerNanos - nanos <= 0)) {
            return;
        }
        timer.cancel();
        timerNanos = nanos;
        timer = parts.loop()
                .schedule(Duration.ofNanos(Math.max(0, nanos - parts.loop().nanoTime())), this::wake);
    }

    private void wake() {
        timer = ClientLoop.Timer.NONE;
        advance();
    }

    /** Runs {@code finished} when every record sent before this call has its result. */
    void flush(Runnable finished) {
        parts.loop().checkInLoop();
        flushes.add(new Flush(accumulator.closeOpen(), finished));
        advance();
    }

    private void completeFlushes() {
        long unfinished = accumulator.firstClosedSequence();
        for (PendingBatch batch : ready) {
            unfinished = Math.min(unfinished, batch.sequence());
        }
        for (PendingBatch batch : inFlight) {
            unfinished = Math.min(unfinished, batch.sequence());
        }
        for (Refused one : refused) {
            unfinished = Math.min(unfinished, one.batch.sequence());
        }
        for (Flush flush : List.copyOf(flushes)) {
            if (flush.throughSequence < unfinished) {
                flushes.remove(flush);
                flush.finished.run();
            }
        }
    }
}
