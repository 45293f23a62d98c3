package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.Acks;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.wire.FrameBody;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.RawMethods;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One Produce call to one broker, shared by all partitions that it leads. Owned by the loop.
 *
 * <p>open -> (Drain) draining: takes no new batch, half-closes when the last one is answered -> ended. A batch is given
 * to gRPC only when the connection can take it, so that whatever is in flight when the call breaks may have arrived.
 */
final class ProduceStream {
    private static final int ON_READY_BYTES = 1 << 20;

    /** For the way there and back, at least; a batch may have been sent when its time was nearly up. */
    private static final Duration MIN_GRACE = Duration.ofSeconds(2);

    private final Endpoint endpoint;
    private final ClientLoop loop;
    private final ClientMeters meters;
    private final Map<Long, Sent> inFlight = new LinkedHashMap<>(); // in the order sent
    private final Set<PartitionLane> waiting = new LinkedHashSet<>();
    private @Nullable ClientCallStreamObserver<OutboundMessage> requests;
    private ClientLoop.Timer watchdog = ClientLoop.Timer.NONE;
    private long lastCorrelationId;
    private boolean draining;
    private boolean ended;

    private record Sent(PartitionLane lane, PendingBatch batch, long answerBy) {}

    private ProduceStream(Endpoint endpoint, ClientLoop loop, ClientMeters meters) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.meters = meters;
    }

    static ProduceStream open(Endpoint endpoint, Connections connections, ClientLoop loop) {
        ProduceStream stream = new ProduceStream(endpoint, loop, connections.meters());
        ClientCalls.asyncBidiStreamingCall(
                connections
                        .channel(endpoint, Connections.Kind.PRODUCE)
                        .newCall(RawMethods.CALL_PRODUCE, CallOptions.DEFAULT.withOnReadyThreshold(ON_READY_BYTES)),
                stream.new Answers());
        return stream;
    }

    /** False when a new stream is needed for new batches. */
    boolean isOpen() {
        return !draining && !ended;
    }

    /**
     * Sends a batch behind its stamp, if the connection can take it now; otherwise {@code lane} is woken when it can. Only
     * while {@link #isOpen()}.
     */
    boolean offer(
            PartitionLane lane,
            PendingBatch batch,
            byte[] stamp,
            String topic,
            ByteString topicId,
            OptionalInt leaderEpoch,
            Acks acks,
            Duration timeout) {
        loop.checkInLoop();
        if (requests == null || !requests.isReady()) {
            waiting.add(lane);
            return false;
        }
        long correlationId = ++lastCorrelationId;
        ProduceRequest.Builder header = ProduceRequest.newBuilder()
                .setCorrelationId(correlationId)
                .setTopic(topic)
                .setTopicId(topicId)
                .setPartition(lane.partition())
                .setAcks(acks)
                .setTimeoutMs((int) timeout.toMillis())
                .setLeaderOnly(true);
        leaderEpoch.ifPresent(header::setLeaderEpoch);
        // the broker gives up first, unless it has hung
        long answerBy = loop.nanoTime() + timeout.plus(grace(timeout)).toNanos();
        inFlight.put(correlationId, new Sent(lane, batch, answerBy));
        requests.onNext(
                OutboundMessage.produce(header.build(), stamp, FrameBody.of(batch.body(), 0, batch.body().length)));
        watch();
        return true;
    }

    private static Duration grace(Duration timeout) {
        Duration share = timeout.dividedBy(4);
        return share.compareTo(MIN_GRACE) > 0 ? share : MIN_GRACE;
    }

    private void ready() {
        if (ended) {
            return;
        }
        List<PartitionLane> woken = List.copyOf(waiting);
        waiting.clear();
        woken.forEach(PartitionLane::advance);
    }

    private void answered(ProduceResponse answer) {
        if (answer.hasDrain()) {
            drain();
            return;
        }
        Sent sent = inFlight.get(answer.getCorrelationId());
        if (sent == null || !(answer.hasAppended() || answer.hasError())) {
            return; // an event of a later release
        }
        inFlight.remove(answer.getCorrelationId());
        watch();
        if (answer.hasAppended()) {
            sent.lane.appended(sent.batch, answer.getAppended());
        } else {
            sent.lane.refused(sent.batch, FlotillaException.fromError(answer.getError()));
        }
        halfCloseWhenDrained();
    }

    private void drain() {
        draining = true;
        List<PartitionLane> moved = List.copyOf(waiting);
        waiting.clear();
        moved.forEach(PartitionLane::advance);
        halfCloseWhenDrained();
    }

    private void halfCloseWhenDrained() {
        if (draining && !ended && inFlight.isEmpty() && requests != null) {
            ended = true;
            requests.onCompleted();
        }
    }

    private void ended(FlotillaException error) {
        if (ended) {
            return;
        }
        ended = true;
        meters.streamEnded("produce", error.code());
        watchdog.cancel();
        List<Sent> lost = new ArrayList<>(inFlight.values());
        List<PartitionLane> bereft = List.copyOf(waiting);
        inFlight.clear();
        waiting.clear();
        lost.forEach(sent -> sent.lane.refused(sent.batch, error));
        bereft.forEach(lane -> lane.streamLost(error));
    }

    /** Keeps one timer on the oldest unanswered batch. */
    private void watch() {
        watchdog.cancel();
        if (!inFlight.isEmpty()) {
            long answerBy = inFlight.values().iterator().next().answerBy;
            watchdog = loop.schedule(Duration.ofNanos(answerBy - loop.nanoTime()), this::silent);
        }
    }

    private void silent() {
        FlotillaException error = FlotillaException.ambiguous(
                ErrorCode.ERROR_CODE_TIMED_OUT,
                "broker %s did not answer in time; the connection is given up".formatted(endpoint));
        ClientCallStreamObserver<OutboundMessage> call = requests;
        ended(error);
        if (call != null) {
            call.cancel("no answer in time", null);
        }
    }

    /** Ends the call; whatever is in flight has an unknown outcome. */
    void cancel() {
        ClientCallStreamObserver<OutboundMessage> call = requests;
        if (call != null && !ended) {
            call.cancel("client closed", null);
        }
    }

    /** Brings gRPC's callbacks to the loop. */
    private final class Answers implements ClientResponseObserver<OutboundMessage, ProduceResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<OutboundMessage> call) {
            requests = call; // still on the loop
            call.setOnReadyHandler(() -> loop.execute(ProduceStream.this::ready));
        }

        @Override
        public void onNext(ProduceResponse answer) {
            loop.execute(() -> answered(answer));
        }

        @Override
        public void onError(Throwable failure) {
            FlotillaException error = GrpcErrors.from(failure);
            loop.execute(() -> ended(error));
        }

        @Override
        public void onCompleted() {
            FlotillaException error = FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_INTERNAL,
                    "broker %s ended the stream without answering everything".formatted(endpoint));
            loop.execute(() -> ended(error));
        }
    }
}
