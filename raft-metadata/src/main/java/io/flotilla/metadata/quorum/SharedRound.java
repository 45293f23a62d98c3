package io.flotilla.metadata.quorum;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of something costly, one at a time, each shared by all who asked for it before it began: who asks while one is
 * under way waits for the next. However many ask, at most one runs and one is to come. Its state is guarded by its lock,
 * which is not held while a round begins or a caller is told.
 */
final class SharedRound {
    private final Supplier<CompletableFuture<Void>> work;
    private boolean running;
    private @Nullable CompletableFuture<Void> next;

    /** @param work begins a round; must not throw */
    SharedRound(Supplier<CompletableFuture<Void>> work) {
        this.work = work;
    }

    /** Completes as a round does that begins after this call. */
    CompletableFuture<Void> join() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (running) {
                next = next == null ? new CompletableFuture<>() : next;
                return next.copy();
            }
            running = true;
            mine = new CompletableFuture<>();
        }
        CompletableFuture<Void> answer = mine.copy();
        run(mine);
        return answer;
    }

    private void run(CompletableFuture<Void> round) {
        var unused = work.get().whenComplete((done, error) -> {
            CompletableFuture<Void> following = take();
            if (following != null) {
                run(following);
            }
            if (error == null) {
                round.complete(null);
            } else {
                round.completeExceptionally(error);
            }
        });
    }

    private synchronized @Nullable CompletableFuture<Void> take() {
        CompletableFuture<Void> following = next;
        next = null;
        running = following != null;
        return following;
    }
}
