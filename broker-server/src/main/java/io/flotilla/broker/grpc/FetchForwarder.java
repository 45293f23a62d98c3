package io.flotilla.broker.grpc;

import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.Batches;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.LeaderHint;
import io.flotilla.wire.FrameBody;
import io.flotilla.wire.InboundEvent;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.RawMethods;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** Passes a Fetch on to the leader, and its answer back with a hint to go there next time. */
final class FetchForwarder {
    private static final int GRACE_MS = 10_000;
    private static final int MAX_WAIT_MS = 60_000;

    private final BrokerChannels channels;

    FetchForwarder(BrokerChannels channels) {
        this.channels = channels;
    }

    void forward(FetchRequest request, LeaderHint leader, StreamObserver<OutboundMessage> response) {
        int timeoutMs = Math.max(0, Math.min(request.getMaxWaitMs(), MAX_WAIT_MS)) + GRACE_MS;
        ClientCall<FetchRequest, byte[]> call = channels.to(leader.getEndpoint(), BrokerChannels.Use.FORWARDED_FETCHES)
                .newCall(RawMethods.CALL_FETCH, BrokerChannels.within(timeoutMs));
        ((ServerCallStreamObserver<OutboundMessage>) response)
                .setOnCancelHandler(() -> call.cancel("the client is gone", null));
        ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                if (InboundEvent.parse(message) instanceof InboundEvent.Frames frames) {
                    Batches header =
                            frames.header().toBuilder().setLeader(leader).build();
                    response.onNext(OutboundMessage.batches(
                            header,
                            FrameBody.of(frames.bytes(), frames.from(), frames.bytes().length - frames.from())));
                }
            }

            @Override
            public void onError(Throwable error) {
                response.onError(GrpcErrors.toStatus(Errors.ofPeer(GrpcErrors.from(error))));
            }

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        });
    }
}
