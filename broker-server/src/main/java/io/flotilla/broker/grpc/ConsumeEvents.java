package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ConsumeResponse.CaughtUp;
import io.flotilla.v1.ConsumeResponse.PartitionEnd;
import io.flotilla.v1.ConsumeResponse.Started;
import io.flotilla.v1.Drain;
import io.flotilla.v1.Heartbeat;
import io.flotilla.v1.TopicPartition;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What one Consume call tells its client. Owner: the call's serial execution. */
final class ConsumeEvents implements ReadEvents {
    private final ServerCallStreamObserver<OutboundMessage> out;
    private final InstantSource clock;
    private long lastSentMs;

    ConsumeEvents(ServerCallStreamObserver<OutboundMessage> out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.lastSentMs = clock.millis();
    }

    @Override
    public boolean areTaken() {
        return out.isReady();
    }

    @Override
    public void started(PartitionCursor cursor) {
        send(ConsumeResponse.newBuilder()
                .setStarted(Started.newBuilder()
                        .setTopic(cursor.name().getTopic())
                        .setPartition(cursor.name().getPartition())
                        .setOffset(cursor.offset())
                        .setLeaderEpoch(cursor.leaderEpoch()))
                .build());
    }

    @Override
    public void ended(TopicPartition name, long nextOffset, @Nullable FlotillaException error) {
        PartitionEnd.Builder end = PartitionEnd.newBuilder()
                .setTopic(name.getTopic())
                .setPartition(name.getPartition())
                .setNextOffset(nextOffset);
        if (error != null) {
            end.setError(error.toError());
        }
        send(ConsumeResponse.newBuilder().setEnd(end).build());
    }

    @Override
    public void waits(TopicPartition name, FlotillaException why) {
        // a Consume call does not keep trying
    }

    @Override
    public void batches(ChunkEncoder.Encoded encoded) {
        send(encoded.message());
    }

    @Override
    public void caughtUpIf(PartitionCursor cursor, long highWatermark) {
        if (cursor.reaches(highWatermark)) {
            send(ConsumeResponse.newBuilder()
                    .setCaughtUp(CaughtUp.newBuilder()
                            .setTopic(cursor.name().getTopic())
                            .setPartition(cursor.name().getPartition())
                            .setOffset(cursor.offset()))
                    .build());
        }
    }

    /** Something is sent at least this often, so that a client can tell a quiet broker from a lost one. */
    void heartbeatIfQuietFor(int intervalMs) {
        long now = clock.millis();
        if (now - lastSentMs >= intervalMs && areTaken()) {
            send(ConsumeResponse.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder().setServerTimeMs(now).setHeartbeatIntervalMs(intervalMs))
                    .build());
        }
    }

    void drain(Drain drain) {
        send(ConsumeResponse.newBuilder().setDrain(drain).build());
    }

    private void send(ConsumeResponse event) {
        send(OutboundMessage.of(event));
    }

    private void send(OutboundMessage message) {
        lastSentMs = clock.millis();
        out.onNext(message);
    }
}
