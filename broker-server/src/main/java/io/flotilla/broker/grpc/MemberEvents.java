package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Drain;
import io.flotilla.v1.Heartbeat;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.SubscribeResponse.Assignment;
import io.flotilla.v1.SubscribeResponse.Committed;
import io.flotilla.v1.SubscribeResponse.Joined;
import io.flotilla.v1.SubscribeResponse.Problem;
import io.flotilla.v1.SubscribeResponse.Revocation;
import io.flotilla.v1.TopicPartition;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.InstantSource;
import java.util.Collection;

/** What a Subscribe call tells its member. Owner: the call's serial execution. */
final class MemberEvents {
    private final ServerCallStreamObserver<OutboundMessage> out;
    private final InstantSource clock;
    private long lastSentMs;

    MemberEvents(ServerCallStreamObserver<OutboundMessage> out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.lastSentMs = clock.millis();
    }

    long nowMs() {
        return clock.millis();
    }

    boolean areTaken() {
        return out.isReady();
    }

    void joined(MemberTerms terms, String memberId, int epoch) {
        send(SubscribeResponse.newBuilder()
                .setJoined(Joined.newBuilder()
                        .setMemberId(memberId)
                        .setMemberEpoch(epoch)
                        .setSessionTimeoutMs(terms.sessionTimeoutMs())
                        .setProcessingTimeoutMs(terms.processingTimeoutMs())));
    }

    void delivery(long id, ChunkEncoder.Encoded encoded) {
        send(OutboundMessage.delivery(
                id, encoded.header().toBuilder().clearCreditBytes().build(), encoded.frames()));
    }

    void assignment(Assignment assignment) {
        send(SubscribeResponse.newBuilder().setAssignment(assignment));
    }

    void revocation(Collection<TopicPartition> names, long deadlineMs) {
        send(SubscribeResponse.newBuilder()
                .setRevocation(Revocation.newBuilder().addAllPartitions(names).setDeadlineMs((int) deadlineMs)));
    }

    void paused(long untilMs) {
        send(SubscribeResponse.newBuilder()
                .setPaused(SubscribeResponse.Paused.newBuilder().setUntilMs(untilMs)));
    }

    void committed(Collection<PartitionOffset> offsets) {
        send(SubscribeResponse.newBuilder().setCommitted(Committed.newBuilder().addAllOffsets(offsets)));
    }

    void problem(TopicPartition name, FlotillaException why) {
        send(SubscribeResponse.newBuilder()
                .setProblem(Problem.newBuilder().setPartition(name).setError(why.toError())));
    }

    void drain(Drain drain) {
        send(SubscribeResponse.newBuilder().setDrain(drain));
    }

    void heartbeatIfQuietFor(int intervalMs) {
        long now = clock.millis();
        if (now - lastSentMs >= intervalMs && areTaken()) {
            send(SubscribeResponse.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder().setServerTimeMs(now).setHeartbeatIntervalMs(intervalMs)));
        }
    }

    private void send(SubscribeResponse.Builder event) {
        send(OutboundMessage.of(event.build()));
    }

    private void send(OutboundMessage message) {
        lastSentMs = clock.millis();
        out.onNext(message);
    }
}
