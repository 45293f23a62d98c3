package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ErrorCode;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * How calls with one answer end. What names a topic or partition this broker has not heard of is looked at once more
 * after it has caught up with the cluster: a client that made a topic with the help of one broker may use it with any
 * other. Safe for any thread.
 */
final class Answers {
    private final Supplier<CompletableFuture<Void>> catchUp;
    private final Executor calls;

    /**
     * @param catchUp begins to learn all that was agreed before; throws, or fails, if that cannot be done
     * @param calls where calls are worked on
     */
    Answers(Supplier<CompletableFuture<Void>> catchUp, Executor calls) {
        this.catchUp = catchUp;
        this.calls = calls;
    }

    /** Does {@code work} as {@link #informed} and ends the call with what comes of it. */
    <T> void answer(StreamObserver<T> response, Supplier<CompletableFuture<T>> work) {
        var unused = informed(work).whenComplete((value, error) -> {
            if (error == null) {
                response.onNext(value);
                response.onCompleted();
            } else {
                response.onError(GrpcErrors.toStatus(Errors.of(error)));
            }
        });
    }

    /** The outcome of {@code work}, which must have had no effect when it throws, instead of returning a failed future. */
    <T> CompletableFuture<T> informed(Supplier<CompletableFuture<T>> work) {
        try {
            return work.get();
        } catch (FlotillaException e) {
            return e.code() == ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION
                    ? attempt(catchUp)
                            .thenComposeAsync(
                                    caughtUp -> work.get(), Context.current().fixedContextExecutor(calls))
                    : CompletableFuture.failedFuture(e);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
