package io.flotilla.broker.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call with messages both ways, used step by step. Takes from the network only what {@link #next} asks for. */
final class Talk<Q, A> extends ClientCall.Listener<A> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ClientCall<Q, A> call;
    private final BlockingQueue<Event<A>> events = new LinkedBlockingQueue<>();
    private boolean asked;

    /** A message, or the end of the call. */
    private record Event<A>(
            @Nullable A message,
            @Nullable Status end,
            @Nullable Metadata trailers) {}

    private Talk(ClientCall<Q, A> call) {
        this.call = call;
    }

    static <Q, A> Talk<Q, A> open(Channel channel, MethodDescriptor<Q, A> method) {
        Talk<Q, A> talk = new Talk<>(channel.newCall(method, CallOptions.DEFAULT));
        talk.call.start(talk, new Metadata());
        return talk;
    }

    static <Q, A> Talk<Q, A> openCompressed(Channel channel, MethodDescriptor<Q, A> method) {
        Talk<Q, A> talk = new Talk<>(channel.newCall(method, CallOptions.DEFAULT.withCompression("gzip")));
        talk.call.start(talk, new Metadata());
        return talk;
    }

    Talk<Q, A> send(Q message) {
        call.sendMessage(message);
        return this;
    }

    Talk<Q, A> halfClose() {
        call.halfClose();
        return this;
    }

    /** The next message; throws what the call ended with, if it ended with an error. */
    A next() throws InterruptedException {
        return next(PATIENCE).orElseThrow(() -> new AssertionError("nothing came within " + PATIENCE));
    }

    /** The same, or nothing after {@code wait}. */
    Optional<A> next(Duration wait) throws InterruptedException {
        Event<A> event = event(wait);
        if (event == null) {
            return Optional.empty();
        }
        if (event.message() != null) {
            return Optional.of(event.message());
        }
        if (event.end() == null || event.end().isOk()) {
            throw new AssertionError("the broker ended the call without error");
        }
        throw event.end().asRuntimeException(event.trailers());
    }

    /** What comes until the call ends, which must be without error. */
    List<A> rest() throws InterruptedException {
        List<A> rest = new ArrayList<>();
        while (true) {
            Event<A> event = event(PATIENCE);
            if (event == null) {
                throw new AssertionError("the call did not end within " + PATIENCE);
            } else if (event.message() != null) {
                rest.add(event.message());
            } else if (event.end() == null || event.end().isOk()) {
                return rest;
            } else {
                throw event.end().asRuntimeException(event.trailers());
            }
        }
    }

    private @Nullable Event<A> event(Duration wait) throws InterruptedException {
        if (!asked) {
            asked = true;
            call.request(1);
        }
        Event<A> event = events.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        asked = event == null;
        return event;
    }

    @Override
    public void onMessage(A message) {
        events.add(new Event<>(message, null, null));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        events.add(new Event<>(null, status, trailers));
    }

    @Override
    public void close() {
        call.cancel("the test is done", null);
    }
}
