package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundMemberEvent;
import io.flotilla.wire.RawMethods;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One Subscribe call to one broker. Owned by the loop. Ends itself when the broker falls silent. */
final class MemberStream {
    private static final int SILENT_INTERVALS = 3;

    private final Endpoint endpoint;
    private final ClientLoop loop;
    private final Listener listener;
    private @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
    private Duration heartbeatInterval = Duration.ofSeconds(10);
    private long lastEventNanos;
    private ClientLoop.Timer watchdog = ClientLoop.Timer.NONE;
    private boolean halfClosed;
    private boolean ended;

    /** Whom the events concern; called on the loop. */
    interface Listener {
        void delivery(MemberStream stream, InboundMemberEvent.Delivery delivery);

        void event(MemberStream stream, SubscribeResponse event);

        /**
         * The call is over; called once, and not after {@link MemberStream#cancel()}.
         *
         * @param error null if the member has left
         */
        void ended(MemberStream stream, @Nullable FlotillaException error);
    }

    private MemberStream(Endpoint endpoint, ClientLoop loop, Listener listener) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.listener = listener;
    }

    static MemberStream open(Endpoint endpoint, Connections connections, ClientLoop loop, Listener listener) {
        MemberStream stream = new MemberStream(endpoint, loop, listener);
        ClientCalls.asyncBidiStreamingCall(
                connections
                        .channel(endpoint, Connections.Kind.CONSUME)
                        .newCall(RawMethods.CALL_SUBSCRIBE, CallOptions.DEFAULT),
                stream.new Events());
        stream.lastEventNanos = loop.nanoTime();
        stream.watch();
        return stream;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    void send(SubscribeRequest.Builder request) {
        loop.checkInLoop();
        if (!ended && !halfClosed && requests != null) {
            requests.onNext(request.build());
        }
    }

    /** The member leaves; the call ends once the broker has dealt with what was sent. */
    void halfClose() {
        if (!ended && !halfClosed && requests != null) {
            halfClosed = true;
            requests.onCompleted();
        }
    }

    /** Ends the call without telling the listener. */
    void cancel() {
        if (!ended) {
            ended = true;
            watchdog.cancel();
            if (requests != null) {
                requests.cancel("no longer needed", null);
            }
        }
    }

    private void received(byte[] message) {
        if (ended) {
            return;
        }
        lastEventNanos = loop.nanoTime();
        InboundMemberEvent event;
        try {
            event = InboundMemberEvent.parse(message);
        } catch (FormatException e) {
            cancel();
            listener.ended(
                    this,
                    FlotillaException.of(
                            ErrorCode.ERROR_CODE_INTERNAL,
                            "broker %s sent an event that cannot be read: %s".formatted(endpoint, e.getMessage())));
            return;
        }
        if (event instanceof InboundMemberEvent.Delivery delivery) {
            listener.delivery(this, delivery);
        } else if (event instanceof InboundMemberEvent.Other other) {
            received(other.event());
        }
    }

    private void received(SubscribeResponse event) {
        if (event.hasHeartbeat() && event.getHeartbeat().getHeartbeatIntervalMs() > 0) {
            heartbeatInterval = Duration.ofMillis(event.getHeartbeat().getHeartbeatIntervalMs());
            watch();
        } else {
            listener.event(this, event);
        }
    }

    private void watch() {
        watchdog.cancel();
        long silenceNanos = heartbeatInterval.toNanos() * SILENT_INTERVALS;
        long leftNanos = lastEventNanos + silenceNanos - loop.nanoTime();
        watchdog = loop.schedule(Duration.ofNanos(leftNanos), this::lookForLife);
    }

    private void lookForLife() {
        long silentNanos = loop.nanoTime() - lastEventNanos;
        if (silentNanos < heartbeatInterval.toNanos() * SILENT_INTERVALS) {
            watch();
        } else if (!ended) {
            cancel();
            listener.ended(
                    this,
                    FlotillaException.ambiguous(
                            ErrorCode.ERROR_CODE_TIMED_OUT,
                            "broker %s has been silent for %d ms".formatted(endpoint, silentNanos / 1_000_000)));
        }
    }

    private void ended(@Nullable FlotillaException error) {
        if (!ended) {
            ended = true;
            watchdog.cancel();
            listener.ended(this, error);
        }
    }

    /** Brings gRPC's callbacks to the loop. */
    private final class Events implements ClientResponseObserver<SubscribeRequest, byte[]> {
        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeRequest> call) {
            requests = call; // still on the loop
        }

        @Override
        public void onNext(byte[] message) {
            loop.execute(() -> received(message));
        }

        @Override
        public void onError(Throwable failure) {
            FlotillaException error = GrpcErrors.from(failure);
            loop.execute(() -> ended(error));
        }

        @Override
        public void onCompleted() {
            loop.execute(() -> ended((FlotillaException) null));
        }
    }
}
