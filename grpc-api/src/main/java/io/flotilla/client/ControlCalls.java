package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ErrorCode;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Unary calls that any broker can answer. A call goes to one broker after another until one answers, or says that trying
 * again is of no use, or the request timeout has passed. Calls may be made on any thread; replies come on the loop.
 */
final class ControlCalls {
    private final ClientConfig config;
    private final Connections connections;
    private final Brokers brokers;
    private final ClientLoop loop;
    private final RandomGenerator random;
    // owned by the loop
    private final Set<Call<?, ?>> active = new HashSet<>();
    private boolean closed;

    ControlCalls(
            ClientConfig config, Connections connections, Brokers brokers, ClientLoop loop, RandomGenerator random) {
        this.config = config;
        this.connections = connections;
        this.brokers = brokers;
        this.loop = loop;
        this.random = random;
    }

    /** A call that changes nothing: it may be repeated even if its outcome is unknown. */
    <Q, A> void read(MethodDescriptor<Q, A> method, Q request, Reply<A> reply) {
        start(new Call<>(method, request, reply, true));
    }

    /** A call that changes something: a failure of unknown outcome goes to the caller. */
    <Q, A> void write(MethodDescriptor<Q, A> method, Q request, Reply<A> reply) {
        start(new Call<>(method, request, reply, false));
    }

    private void start(Call<?, ?> call) {
        if (loop.isClosed()) {
            call.reply.failed().accept(clientClosed());
        } else {
            loop.execute(call::attempt);
        }
    }

    /** Fails what is under way and what comes later. */
    void close() {
        loop.execute(() -> {
            closed = true;
            List.copyOf(active).forEach(call -> call.fail(clientClosed()));
        });
    }

    private static FlotillaException clientClosed() {
        return FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_REQUEST, "the client is closed");
    }

    /** One call with its attempts; owned by the loop. */
    private final class Call<Q, A> {
        private final MethodDescriptor<Q, A> method;
        private final Q request;
        private final Reply<A> reply;
        private final boolean repeatable;
        private final Backoff backoff = new Backoff(random);
        private final long deadlineNanos =
                loop.nanoTime() + config.requestTimeout().toNanos();
        private final long startNanos = loop.nanoTime();
        private int attempts;

        Call(MethodDescriptor<Q, A> method, Q request, Reply<A> reply, boolean repeatable) {
            this.method = method;
            this.request = request;
            this.reply = reply;
            this.repeatable = repeatable;
        }

        void attempt() {
            if (closed) {
                fail(clientClosed());
                return;
            }
            active.add(this);
            attempts++;
            Endpoint broker = brokers.current();
            long leftNanos = Math.max(1, deadlineNanos - loop.nanoTime());
            // leaves time to ask another broker if this one has hung
            long patienceNanos = config.requestTimeout().toNanos() / (repeatable ? 3 : 1);
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(Math.min(leftNanos, patienceNanos), TimeUnit.NANOSECONDS);
            ClientCalls.asyncUnaryCall(
                    connections.channel(broker, Connections.Kind.CONTROL).newCall(method, options),
                    request,
                    new Answer<>(this, broker));
        }

        void succeed(A answer) {
            if (active.remove(this)) {
                count(ErrorCode.ERROR_CODE_UNSPECIFIED);
                reply.succeeded().accept(answer);
            }
        }

        void fail(FlotillaException error) {
            if (active.remove(this) || attempts == 0) {
                count(error.code());
                reply.failed().accept(error);
            }
        }

        private void count(ErrorCode outcome) {
            config.meters().called(String.valueOf(method.getBareMethodName()), outcome, loop.nanoTime() - startNanos);
        }

        void failed(Endpoint broker, FlotillaException error) {
            boolean again =
                    repeatable ? error.retriable() || error.ambiguous() : error.retriable() && !error.ambiguous();
            // an unknown topic may become known, but here the caller asked about now
            if (!again || error.code() == ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION) {
                fail(error);
                return;
            }
            brokers.moveOnFrom(broker);
            // waits only after a full round: most often just one broker is down
            Duration wait = attempts % brokers.count() == 0 ? backoff.next(error.retryAfterMs()) : Duration.ZERO;
            if (deadlineNanos - loop.nanoTime() <= wait.toNanos()) {
                fail(error);
            } else {
                loop.schedule(wait, this::attempt);
            }
        }
    }

    private final class Answer<Q, A> implements StreamObserver<A> {
        private final Call<Q, A> call;
        private final Endpoint broker;

        Answer(Call<Q, A> call, Endpoint broker) {
            this.call = call;
            this.broker = broker;
        }

        @Override
        public void onNext(A answer) {
            loop.execute(() -> call.succeed(answer));
        }

        @Override
        public void onError(Throwable failure) {
            FlotillaException error = GrpcErrors.from(failure);
            loop.execute(() -> call.failed(broker, error));
        }

        @Override
        public void onCompleted() {} // asyncUnaryCall reports a missing answer as an error
    }
}
