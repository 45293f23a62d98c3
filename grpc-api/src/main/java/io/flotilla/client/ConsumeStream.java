package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundEvent;
import io.flotilla.wire.RawMethods;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One Consume call to one broker. Owned by the loop. Ends itself when the broker falls silent. */
final class ConsumeStream {
    private static final List<Compression> ALL_CODECS = List.of(
            Compression.COMPRESSION_GZIP,
            Compression.COMPRESSION_SNAPPY,
            Compression.COMPRESSION_LZ4,
            Compression.COMPRESSION_ZSTD);
    private static final int MAX_GRPC_MESSAGE_BYTES = 16 << 20;
    private static final int SILENT_INTERVALS = 3;

    private final Endpoint endpoint;
    private final ReaderConfig config;
    private final LongSupplier window;
    private final ClientLoop loop;
    private final Listener listener;
    private @Nullable ClientCallStreamObserver<ConsumeRequest> requests;
    private Duration heartbeatInterval = Duration.ofSeconds(10);
    private long lastEventNanos;
    private ClientLoop.Timer watchdog = ClientLoop.Timer.NONE;
    private long granted; // to send, or sent and not dealt with
    private boolean opened;
    private boolean draining;
    private boolean ended;

    /** Whom the events concern; called on the loop. */
    interface Listener {
        /** Stored frames have arrived. */
        void frames(ConsumeStream stream, InboundEvent.Frames frames);

        /** Something else about one partition has arrived. */
        void event(ConsumeStream stream, ConsumeResponse event);

        /** The broker will end the call soon. */
        void draining(ConsumeStream stream);

        /** The call is over; called once, and not after {@link ConsumeStream#cancel()}. */
        void ended(ConsumeStream stream, FlotillaException error);
    }

    private ConsumeStream(
            Endpoint endpoint, ReaderConfig config, LongSupplier window, ClientLoop loop, Listener listener) {
        this.endpoint = endpoint;
        this.config = config;
        this.window = window;
        this.loop = loop;
        this.listener = listener;
    }

    /** @param window most bytes that the broker is to send ahead, now; 1 or more */
    static ConsumeStream open(
            Endpoint endpoint,
            Connections connections,
            ReaderConfig config,
            LongSupplier window,
            ClientLoop loop,
            Listener listener) {
        ConsumeStream stream = new ConsumeStream(endpoint, config, window, loop, listener);
        ClientCalls.asyncBidiStreamingCall(
                connections
                        .channel(endpoint, Connections.Kind.CONSUME)
                        .newCall(RawMethods.CALL_CONSUME, CallOptions.DEFAULT),
                stream.new Events());
        stream.lastEventNanos = loop.nanoTime();
        stream.watch();
        return stream;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** False when a new stream is needed for new partitions. */
    boolean isOpen() {
        return !draining && !ended;
    }

    /** Begins to read a partition, or moves it. */
    void assign(PartitionStart start) {
        if (opened) {
            send(ConsumeRequest.newBuilder()
                    .setAssign(ConsumeRequest.Assign.newBuilder().addPartitions(start))
                    .build());
            return;
        }
        opened = true;
        granted = window.getAsLong();
        send(ConsumeRequest.newBuilder()
                .setOpen(ConsumeRequest.Open.newBuilder()
                        .addPartitions(start)
                        .setCreditBytes(granted)
                        .setMaxBytes(config.maxMessageBytes())
                        .setLeaderOnly(true)
                        .setReset(config.reset())
                        .setDecode(DecodeOptions.newBuilder()
                                .addAllAccept(ALL_CODECS)
                                .setAcceptUntrimmed(true)
                                .setMaxMessageBytes(MAX_GRPC_MESSAGE_BYTES)))
                .build());
    }

    void unassign(TopicPartition partition) {
        send(ConsumeRequest.newBuilder()
                .setUnassign(ConsumeRequest.Unassign.newBuilder().addPartitions(partition.toProto()))
                .build());
    }

    /** What a message cost is given back: as much of it as the window has room for. */
    void credit(long bytes) {
        granted -= bytes;
        long back = window.getAsLong() - granted;
        if (back > 0) {
            granted += back;
            send(ConsumeRequest.newBuilder()
                    .setCredit(ConsumeRequest.Credit.newBuilder().setBytes(back))
                    .build());
        }
    }

    private void send(ConsumeRequest request) {
        loop.checkInLoop();
        if (!ended && requests != null) {
            requests.onNext(request);
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
        InboundEvent event;
        try {
            event = InboundEvent.parse(message);
        } catch (FormatException e) {
            fail(FlotillaException.of(
                    ErrorCode.ERROR_CODE_INTERNAL,
                    "broker %s sent an answer that cannot be read: %s".formatted(endpoint, e.getMessage())));
            return;
        }
        if (event instanceof InboundEvent.Frames frames) {
            listener.frames(this, frames);
        } else if (event instanceof InboundEvent.Other other) {
            received(other.event());
        }
    }

    private void received(ConsumeResponse event) {
        switch (event.getEventCase()) {
            case HEARTBEAT -> {
                int intervalMs = event.getHeartbeat().getHeartbeatIntervalMs();
                if (intervalMs > 0) {
                    heartbeatInterval = Duration.ofMillis(intervalMs);
                    watch();
                }
            }
            case DRAIN -> {
                draining = true;
                listener.draining(this);
            }
            default -> listener.event(this, event);
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
        } else {
            fail(FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_TIMED_OUT,
                    "broker %s has been silent for %d ms".formatted(endpoint, silentNanos / 1_000_000)));
        }
    }

    private void fail(FlotillaException error) {
        if (!ended) {
            cancel();
            listener.ended(this, error);
        }
    }

    private void ended(FlotillaException error) {
        if (!ended) {
            ended = true;
            watchdog.cancel();
            listener.ended(this, error);
        }
    }

    /** Brings gRPC's callbacks to the loop. */
    private final class Events implements ClientResponseObserver<ConsumeRequest, byte[]> {
        @Override
        public void beforeStart(ClientCallStreamObserver<ConsumeRequest> call) {
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
            FlotillaException error = FlotillaException.of(
                    ErrorCode.ERROR_CODE_DRAINING, "broker %s ended the stream".formatted(endpoint));
            loop.execute(() -> ended(error));
        }
    }
}
