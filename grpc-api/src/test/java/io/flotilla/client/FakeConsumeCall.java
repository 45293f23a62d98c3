package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.Drain;
import io.flotilla.v1.Heartbeat;
import io.flotilla.wire.FrameBody;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A reader at a {@link FakeBroker}, which keeps to the credit it was given. Guarded by the cluster's lock. */
final class FakeConsumeCall implements StreamObserver<ConsumeRequest> {
    private final int broker;
    private final FakeCluster cluster;
    private final StreamObserver<OutboundMessage> answers;
    private final Consumer<FakeConsumeCall> onEnd;
    private final Map<TopicPartition, Reading> readings = new LinkedHashMap<>();
    private boolean unlimited;
    private int maxBytes;
    private boolean over;

    /** Bytes the client may still be sent. */
    long credit;

    /** Bytes sent. */
    long sent;

    /** Bytes the client has given back. */
    long returned;

    /** While true, nothing at all is sent. */
    volatile boolean silent;

    private static final class Reading {
        long position;
        long until;
    }

    FakeConsumeCall(
            int broker, FakeCluster cluster, StreamObserver<OutboundMessage> answers, Consumer<FakeConsumeCall> onEnd) {
        this.broker = broker;
        this.cluster = cluster;
        this.answers = answers;
        this.onEnd = onEnd;
    }

    @Override
    public void onNext(ConsumeRequest request) {
        cluster.run(() -> {
            switch (request.getRequestCase()) {
                case OPEN -> {
                    unlimited = request.getOpen().getCreditBytes() == 0;
                    credit = request.getOpen().getCreditBytes();
                    maxBytes = request.getOpen().getMaxBytes();
                    request.getOpen().getPartitionsList().forEach(this::assign);
                }
                case ASSIGN -> request.getAssign().getPartitionsList().forEach(this::assign);
                case UNASSIGN ->
                    request.getUnassign().getPartitionsList().forEach(p -> {
                        TopicPartition partition = new TopicPartition(p.getTopic(), p.getPartition());
                        Reading reading = readings.get(partition);
                        if (reading != null) {
                            end(partition, reading, null);
                        }
                    });
                case CREDIT -> {
                    credit += request.getCredit().getBytes();
                    returned += request.getCredit().getBytes();
                }
                default -> throw new IllegalStateException("request " + request);
            }
            pump();
        });
    }

    private void assign(PartitionStart start) {
        TopicPartition partition = new TopicPartition(start.getTopic(), start.getPartition());
        Reading reading = new Reading();
        try {
            FakeLog log = cluster.led(broker, partition);
            cluster.requireId(start.getTopic(), start.getTopicId());
            reading.position = cluster.offset(log, start.getFrom());
            reading.until = start.hasUntil() ? start.getUntil().getOffset() : Long.MAX_VALUE;
            readings.put(partition, reading);
            send(ConsumeResponse.newBuilder()
                    .setStarted(ConsumeResponse.Started.newBuilder()
                            .setTopic(start.getTopic())
                            .setPartition(start.getPartition())
                            .setOffset(reading.position))
                    .build());
        } catch (FlotillaException e) {
            end(partition, reading, e);
        }
    }

    /** Sends all that may be sent. */
    void pump() {
        if (over || silent) {
            return;
        }
        for (TopicPartition partition : List.copyOf(readings.keySet())) {
            Reading reading = readings.get(partition);
            while (reading != null && readings.containsKey(partition) && pumpOnce(partition, reading)) {}
        }
    }

    /** False when there is no more to do for this partition now. */
    private boolean pumpOnce(TopicPartition partition, Reading reading) {
        FakeLog log;
        try {
            log = cluster.led(broker, partition);
        } catch (FlotillaException e) {
            end(partition, reading, e);
            return false;
        }
        if (reading.position >= reading.until) {
            end(partition, reading, null);
            if (readings.isEmpty()) {
                over = true;
                onEnd.accept(this);
                answers.onCompleted();
            }
            return false;
        }
        List<BatchFrame> frames = log.read(reading.position, reading.until, maxBytes);
        if (frames.isEmpty() || (!unlimited && credit <= 0)) {
            return false;
        }
        long next = frames.get(frames.size() - 1).nextOffset();
        ByteString bytes = cluster.faults().damage(partition, reading.position, FakeLog.joined(frames));
        reading.position = next;
        credit -= bytes.size();
        sent += bytes.size();
        answers.onNext(OutboundMessage.batches(
                Batches.newBuilder()
                        .setTopic(partition.topic())
                        .setPartition(partition.partition())
                        .setNextOffset(next)
                        .setHighWatermark(log.logEnd)
                        .setCreditBytes(bytes.size())
                        .build(),
                FrameBody.of(bytes.toByteArray(), 0, bytes.size())));
        return true;
    }

    private void end(TopicPartition partition, Reading reading, @Nullable FlotillaException e) {
        readings.remove(partition);
        ConsumeResponse.PartitionEnd.Builder end = ConsumeResponse.PartitionEnd.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setNextOffset(reading.position);
        if (e != null) {
            end.setError(e.toError());
        }
        send(ConsumeResponse.newBuilder().setEnd(end).build());
    }

    /** Announces the end of the stream. */
    void drain(Drain drain) {
        send(ConsumeResponse.newBuilder().setDrain(drain).build());
    }

    /** A sign of life that promises the next one after {@code intervalMs}. */
    void heartbeat(int intervalMs) {
        send(ConsumeResponse.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder().setHeartbeatIntervalMs(intervalMs))
                .build());
    }

    private void send(ConsumeResponse event) {
        if (!over && !silent) {
            answers.onNext(OutboundMessage.of(event));
        }
    }

    @Override
    public void onError(Throwable failure) {
        cluster.run(() -> over = true);
        onEnd.accept(this);
    }

    @Override
    public void onCompleted() {
        cluster.run(() -> {
            if (!over) {
                over = true;
                answers.onCompleted();
            }
        });
        onEnd.accept(this);
    }
}
