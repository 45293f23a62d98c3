package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What to do with the outcome of a call; one of the two is called once, on the loop. */
record Reply<A>(Consumer<A> succeeded, Consumer<FlotillaException> failed) {
    /** Completes {@code future} on {@code executor}. */
    static <A> Reply<A> into(CompletableFuture<A> future, Executor executor) {
        return new Reply<>(
                answer -> executor.execute(() -> future.complete(answer)),
                error -> executor.execute(() -> future.completeExceptionally(error)));
    }

    /** For calls whose outcome shows elsewhere. */
    static <A> Reply<A> ignored() {
        return new Reply<>(answer -> {}, error -> {});
    }
}
