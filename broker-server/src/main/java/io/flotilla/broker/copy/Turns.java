package io.flotilla.broker.copy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Lets so many tasks run at a time, in the order they came. Its state is guarded by its lock. */
public final class Turns {
    private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    public Turns(int most) {
        this.free = most;
    }

    /** Begins {@code task} when it is its turn; the turn ends when the task does. */
    public <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> task) {
        return turn().thenCompose(begins -> begin(task)).whenComplete((done, error) -> pass());
    }

    private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> task) {
        try {
            return task.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized CompletableFuture<Void> turn() {
        if (free > 0) {
            free--;
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        waiting.add(mine);
        return mine;
    }

    private void pass() {
        CompletableFuture<Void> next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
            }
        }
        if (next != null) {
            next.complete(null);
        }
    }
}
