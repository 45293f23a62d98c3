package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Hands out producer ids that nobody else gets: from a block that this broker has taken in the metadata group, and takes
 * another when that is used up. What is left of a block when the broker stops is lost. Safe for use by any thread.
 */
final class ProducerIds {
    static final int BLOCK = 1000;

    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Allocator allocator;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private final Deque<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private long next = 1;
    private long last; // of the block
    private boolean taking;

    /** Takes ids for this broker. */
    interface Allocator {
        /** The last id that anybody has taken, as far as is known here. */
        long lastTaken();

        /** Takes {@code count} ids behind {@code after}; false if they were taken by others. */
        CompletableFuture<Boolean> take(long after, int count);
    }

    ProducerIds(Allocator allocator, LongSupplier nanoClock) {
        this.allocator = allocator;
        this.nanoClock = nanoClock;
    }

    /** An id larger than 0. Fails with {@link FlotillaException}, NO_QUORUM, if there are none to be had. */
    CompletableFuture<Long> next() {
        CompletableFuture<Long> id = new CompletableFuture<>();
        boolean take;
        lock.lock();
        try {
            if (next <= last) {
                return CompletableFuture.completedFuture(next++);
            }
            waiting.add(id);
            take = !taking;
            taking = true;
        } finally {
            lock.unlock();
        }
        if (take) {
            take(nanoClock.getAsLong() + PATIENCE.toNanos());
        }
        return id;
    }

    private void take(long deadlineNanos) {
        CompletableFuture<OptionalLong> block;
        try {
            long after = allocator.lastTaken();
            block = allocator
                    .take(after, BLOCK)
                    .thenApply(taken -> taken ? OptionalLong.of(after) : OptionalLong.empty());
        } catch (RuntimeException e) {
            block = CompletableFuture.failedFuture(e);
        }
        var unused = block.whenComplete((after, error) -> {
            if (error != null) {
                fail(error);
            } else if (after.isPresent()) {
                handOut(after.getAsLong(), deadlineNanos);
            } else if (nanoClock.getAsLong() < deadlineNanos) {
                take(deadlineNanos);
            } else {
                fail(FlotillaException.of(
                        ErrorCode.ERROR_CODE_NO_QUORUM, "others took all producer ids that were tried; try again"));
            }
        });
    }

    private void handOut(long after, long deadlineNanos) {
        List<Runnable> answers = new ArrayList<>();
        boolean more;
        lock.lock();
        try {
            next = after + 1;
            last = after + BLOCK;
            while (next <= last && !waiting.isEmpty()) {
                CompletableFuture<Long> served = waiting.remove();
                long id = next++;
                answers.add(() -> served.complete(id));
            }
            more = !waiting.isEmpty();
            taking = more;
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
        if (more) {
            take(deadlineNanos);
        }
    }

    private void fail(Throwable error) {
        Deque<CompletableFuture<Long>> failed;
        lock.lock();
        try {
            taking = false;
            failed = new ArrayDeque<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        failed.forEach(id -> id.completeExceptionally(error));
    }
}
