package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.wire.FrameBody;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.RawMethods;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes batches on to the brokers that lead their partitions, over one stream per broker, so that the order of the
 * batches of a partition is kept. What is on its way is bounded by whoever accepted it: its memory counts as taken until
 * the leader has answered. Safe for use by any thread.
 */
final class ProduceForwarder {
    private final BrokerChannels channels;
    private final Map<BrokerEndpoint, Lane> lanes = new ConcurrentHashMap<>();

    ProduceForwarder(BrokerChannels channels) {
        this.channels = channels;
    }

    /** @param header everything but correlation id and batch */
    CompletableFuture<ProduceResponse> forward(BrokerEndpoint leader, ProduceRequest header, FrameBody batch) {
        return lanes.computeIfAbsent(leader, Lane::new).send(header, batch);
    }

    /** The stream to one broker; opened by the first batch, and again after it broke. */
    private final class Lane implements StreamObserver<ProduceResponse> {
        private final BrokerEndpoint leader;
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<Long, CompletableFuture<ProduceResponse>> unanswered = new HashMap<>();
        private final StreamObserver<OutboundMessage> out;
        private long lastId;
        private boolean over;

        Lane(BrokerEndpoint leader) {
            this.leader = leader;
            this.out = ClientCalls.asyncBidiStreamingCall(
                    channels.to(leader, BrokerChannels.Use.CALLS).newCall(RawMethods.CALL_PRODUCE, CallOptions.DEFAULT),
                    this);
        }

        CompletableFuture<ProduceResponse> send(ProduceRequest header, FrameBody batch) {
            CompletableFuture<ProduceResponse> answer = new CompletableFuture<>();
            lock.lock();
            try {
                if (over) {
                    return CompletableFuture.failedFuture(FlotillaException.of(
                            ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                            "the connection to broker %d has just ended".formatted(leader.getBrokerId())));
                }
                long id = ++lastId;
                unanswered.put(id, answer);
                out.onNext(OutboundMessage.produce(
                        header.toBuilder().setCorrelationId(id).build(), batch));
            } finally {
                lock.unlock();
            }
            return answer;
        }

        @Override
        public void onNext(ProduceResponse response) {
            if (response.hasDrain()) {
                leave();
                return;
            }
            CompletableFuture<ProduceResponse> answer;
            lock.lock();
            try {
                answer = unanswered.remove(response.getCorrelationId());
            } finally {
                lock.unlock();
            }
            if (answer != null) {
                answer.complete(response);
            }
        }

        @Override
        public void onError(Throwable error) {
            FlotillaException cause = GrpcErrors.from(error);
            String message = "the stream to the leader, broker %d, ended: %s"
                    .formatted(leader.getBrokerId(), cause.description());
            end(
                    cause.ambiguous()
                            ? FlotillaException.ambiguous(ErrorCode.ERROR_CODE_NO_QUORUM, message)
                            : FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, message));
        }

        @Override
        public void onCompleted() {
            end(FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_NO_QUORUM, "broker %d ended the stream".formatted(leader.getBrokerId())));
        }

        private void end(FlotillaException error) {
            leave();
            Map<Long, CompletableFuture<ProduceResponse>> lost;
            lock.lock();
            try {
                over = true;
                lost = new HashMap<>(unanswered);
                unanswered.clear();
            } finally {
                lock.unlock();
            }
            lost.values().forEach(answer -> answer.completeExceptionally(error));
        }

        /** New batches take a new stream. */
        private void leave() {
            lanes.remove(leader, this);
        }
    }
}
