package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.v1.Batches;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Ack;
import io.flotilla.v1.SubscribeRequest.Progress;
import io.flotilla.v1.SubscribeRequest.Released;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundMemberEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The records come through the broker that the member's stream goes to, which turns acks into positions. What was processed
 * is not handed out a second time when the next stream brings it again. Owned by the loop.
 */
final class BrokerFeed implements MemberFeed {
    private final String group;
    private final DeliveryMode mode;
    private final ClientMeters meters;
    private final Member member;
    private final DeliveryQueue queue;
    private final ClientLoop loop;
    private final Map<TopicPartition, Tenure> tenures = new HashMap<>(); // of the present stream
    private final Map<TopicPartition, Long> processed = new HashMap<>(); // next offset
    private final List<Long> acks = new ArrayList<>();

    BrokerFeed(
            String group, DeliveryMode mode, Member member, DeliveryQueue queue, ClientLoop loop, ClientMeters meters) {
        this.group = group;
        this.meters = meters;
        this.mode = mode;
        this.member = member;
        this.queue = queue;
        this.loop = loop;
    }

    @Override
    public DeliveryMode mode() {
        return mode;
    }

    /** What is not acked will be delivered again. */
    @Override
    public void connecting() {
        queue.removeIf(delivery -> true);
        endAll();
        acks.clear();
    }

    @Override
    public void delivery(InboundMemberEvent.Delivery delivery) {
        Batches header = delivery.frames().header();
        TopicPartition partition = new TopicPartition(header.getTopic(), header.getPartition());
        List<ReadBatch> batches = fresh(partition, delivery);
        if (batches.isEmpty()) {
            acknowledge(delivery.id()); // all of it was processed before the last stream broke
            return;
        }
        Tenure tenure = tenures.computeIfAbsent(partition, this::begin);
        Delivery item = new Delivery(
                tenure,
                batches,
                header.getNextOffset(),
                () -> acknowledge(delivery.id()),
                done -> loop.execute(() -> acked(done)));
        tenure.add(item);
        queue.add(item);
    }

    private Tenure begin(TopicPartition partition) {
        Tenure tenure = new Tenure(partition, ByteString.EMPTY, OptionalLong.empty());
        meters.gained(group, tenure);
        return tenure;
    }

    private void end(Tenure tenure) {
        tenure.is(Tenure.State.OVER);
        tenures.remove(tenure.partition(), tenure);
        meters.lost(group, tenure);
    }

    private void endAll() {
        List.copyOf(tenures.values()).forEach(this::end);
    }

    private List<ReadBatch> fresh(TopicPartition partition, InboundMemberEvent.Delivery delivery) {
        long done = processed.getOrDefault(partition, 0L);
        List<ReadBatch> batches = new ArrayList<>();
        byte[] bytes = delivery.frames().bytes();
        try {
            for (BatchFrame frame : new BatchFrames(bytes, delivery.frames().from(), bytes.length)) {
                frame.verifyBody();
                if (frame.nextOffset() > done) {
                    long end = delivery.frames().header().getHighWatermark();
                    batches.add(new ReadBatch(partition, frame, done, Long.MAX_VALUE, end));
                }
            }
        } catch (FormatException e) {
            throw new FormatException(e.code(), "%s: %s".formatted(partition, e.getMessage()));
        }
        return batches;
    }

    /** What nobody has begun to process is given up at once, the rest as soon as it is acked. */
    @Override
    public void revoked(TopicPartition partition, Duration grace) {
        List<Delivery> untaken = queue.removeIf(delivery -> delivery.partition().equals(partition));
        Tenure tenure = tenures.get(partition);
        if (tenure == null) {
            release(partition);
        } else {
            tenure.drop(untaken);
            tenure.is(Tenure.State.REVOKED);
            releaseIfDone(tenure);
        }
    }

    private void releaseIfDone(Tenure tenure) {
        if (tenure.state() == Tenure.State.REVOKED && !tenure.isOpen()) {
            end(tenure);
            release(tenure.partition());
        }
    }

    private void release(TopicPartition partition) {
        flushAcks();
        member.send(
                SubscribeRequest.newBuilder().setReleased(Released.newBuilder().addPartitions(partition.toProto())));
    }

    private void acked(Delivery delivery) {
        if (!delivery.isAcked()) {
            return;
        }
        meters.processed(group, delivery, loop.nanoTime() - delivery.takenNanos());
        processed.merge(delivery.partition(), delivery.nextOffset(), Math::max);
        Tenure tenure = delivery.tenure();
        if (tenure.state() != Tenure.State.OVER) { // else it is delivered again, and then known to be done
            tenure.ack(delivery).forEach(Delivery::settle);
            releaseIfDone(tenure);
        }
    }

    /** Acks that come close together go out together. */
    private void acknowledge(long id) {
        acks.add(id);
        if (acks.size() == 1) {
            loop.execute(this::flushAcks);
        }
    }

    private void flushAcks() {
        if (!acks.isEmpty()) {
            member.send(SubscribeRequest.newBuilder().setAck(Ack.newBuilder().addAllDeliveryIds(acks)));
            acks.clear();
        }
    }

    @Override
    public void expelled() {
        processed.clear(); // others may have gone on, and positions may have been moved on purpose
    }

    @Override
    public void progress() {
        member.send(SubscribeRequest.newBuilder().setProgress(Progress.getDefaultInstance()));
    }

    /** The broker commits what was acked before the stream was half-closed. */
    @Override
    public void finish(Runnable then) {
        flushAcks();
        queue.removeIf(delivery -> true);
        then.run();
    }

    @Override
    public void close() {
        queue.removeIf(delivery -> true);
        endAll();
    }
}
