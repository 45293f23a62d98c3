package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Released;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.SubscribeResponse.AssignedPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The member reads its partitions from their leaders, and commits over its stream. While that is between two brokers reading
 * goes on; what the next broker assigns tells whether a partition was the member's all the time. While the group is paused
 * the queue holds back what it has, and leaders send no further than the window goes. Owned by the loop.
 */
final class LeaderFeed implements MemberFeed, ReadAssignments.Sink {
    private static final Logger log = LoggerFactory.getLogger(LeaderFeed.class);
    private static final Duration READ_AGAIN = Duration.ofSeconds(5);

    private final ConsumerConfig config;
    private final Member member;
    private final DeliveryQueue queue;
    private final ClientLoop loop;
    private final ReadAssignments reading;
    private final ClientMeters meters;
    private final PositionCommits commits;
    private final Patience patience;
    private final Map<TopicPartition, Tenure> tenures = new HashMap<>();
    private Runnable whenSettled = () -> {};
    private boolean paused; // as the present stream has it

    /** @param reading makes what reads into the sink it is given */
    LeaderFeed(
            ConsumerConfig config,
            Member member,
            DeliveryQueue queue,
            ClientLoop loop,
            ClientMeters meters,
            Function<ReadAssignments.Sink, ReadAssignments> reading) {
        this.config = config;
        this.meters = meters;
        this.member = member;
        this.queue = queue;
        this.loop = loop;
        this.reading = reading.apply(this);
        this.commits = new PositionCommits(loop, member::send, this::settled);
        this.patience = new Patience(config.processingTimeout(), loop, member::timedOut);
    }

    @Override
    public DeliveryMode mode() {
        return DeliveryMode.DELIVERY_MODE_ASSIGNMENT_ONLY;
    }

    // ---- what the broker says

    @Override
    public void connecting() {
        for (Tenure tenure : List.copyOf(tenures.values())) {
            if (tenure.state() == Tenure.State.REVOKED) {
                end(tenure);
            } else {
                tenure.is(Tenure.State.UNSURE);
            }
        }
        commits.connecting();
        paused = false;
    }

    @Override
    public void paused(boolean now) {
        paused = now;
        hold(now);
    }

    private void hold(boolean now) {
        queue.hold(now);
        patience.suspend(now);
    }

    @Override
    public void assigned(SubscribeResponse.Assignment assignment) {
        if (!paused) {
            hold(false); // it was on an earlier stream, and this one would have said so by now
        }
        Set<TopicPartition> listed = new HashSet<>();
        for (AssignedPartition assigned : assignment.getPartitionsList()) {
            TopicPartition partition = new TopicPartition(assigned.getTopic(), assigned.getPartition());
            OptionalLong position = assigned.hasCommittedOffset()
                    ? OptionalLong.of(assigned.getCommittedOffset())
                    : OptionalLong.empty();
            listed.add(partition);
            assigned(partition, assigned.getTopicId(), position);
        }
        for (Tenure tenure : List.copyOf(tenures.values())) {
            if (!listed.contains(tenure.partition()) && tenure.state() != Tenure.State.REVOKED) {
                end(tenure);
            }
        }
        commits.flush();
    }

    private void assigned(TopicPartition partition, ByteString topicId, OptionalLong position) {
        Tenure tenure = tenures.get(partition);
        if (tenure != null && tenure.state() == Tenure.State.HELD) {
            return;
        }
        if (tenure != null && tenure.state() == Tenure.State.UNSURE && tenure.goesOnFrom(topicId, position)) {
            tenure.is(Tenure.State.HELD);
            return;
        }
        if (tenure != null) {
            end(tenure);
        }
        Tenure gained = new Tenure(partition, topicId, position);
        tenures.put(partition, gained);
        meters.gained(config.group(), gained);
        if (position.isPresent()) {
            read(partition, topicId, Position.newBuilder().setOffset(position.getAsLong()));
        } else if (config.reset() == OffsetReset.OFFSET_RESET_ERROR) {
            log.warn(
                    "group '{}' has no position in {}, and reset is ERROR: it is not read; commit one and join again",
                    config.group(),
                    partition);
        } else {
            boolean end = config.reset() == OffsetReset.OFFSET_RESET_END;
            read(
                    partition,
                    topicId,
                    Position.newBuilder().setAnchor(end ? Position.Anchor.ANCHOR_END : Position.Anchor.ANCHOR_START));
        }
    }

    private void read(TopicPartition partition, ByteString topicId, Position.Builder from) {
        reading.add(partition, topicId, from.build());
    }

    /** What nobody has begun to process is given up at once, the rest as soon as it is acked and committed. */
    @Override
    public void revoked(TopicPartition partition, Duration grace) {
        Tenure tenure = tenures.get(partition);
        if (tenure == null) {
            release(partition);
            return;
        }
        tenure.is(Tenure.State.REVOKED);
        List<Delivery> untaken = queue.removeIf(delivery -> delivery.partition().equals(partition));
        reading.remove(partition);
        tenure.drop(untaken);
        settle(untaken);
        commits.flush();
        loop.schedule(grace, () -> endIfRevoked(tenure));
        releaseIfDone(tenure);
    }

    private void endIfRevoked(Tenure tenure) {
        if (tenure.state() == Tenure.State.REVOKED) {
            end(tenure);
        }
    }

    private void releaseIfDone(Tenure tenure) {
        if (tenure.state() == Tenure.State.REVOKED && !tenure.isOpen() && commits.isSettled(tenure.partition())) {
            end(tenure);
            release(tenure.partition());
        }
    }

    private void release(TopicPartition partition) {
        member.send(
                SubscribeRequest.newBuilder().setReleased(Released.newBuilder().addPartitions(partition.toProto())));
    }

    /** What is in hand can no longer be acked. */
    private void end(Tenure tenure) {
        TopicPartition partition = tenure.partition();
        tenure.is(Tenure.State.OVER);
        tenures.remove(partition, tenure);
        meters.lost(config.group(), tenure);
        reading.remove(partition);
        queue.removeIf(delivery -> delivery.partition().equals(partition));
        settle(tenure.dropAll());
        commits.forget(tenure);
        settled();
    }

    @Override
    public void expelled() {
        List.copyOf(tenures.values()).forEach(this::end);
    }

    @Override
    public void committed(SubscribeResponse.Committed committed) {
        for (PartitionOffset position : committed.getOffsetsList()) {
            Tenure tenure = tenures.get(new TopicPartition(position.getTopic(), position.getPartition()));
            if (tenure != null) { // perhaps not the one that has committed it, but behind it all the same
                tenure.committed(position.getOffset());
            }
        }
        meters.committed(config.group());
        commits.answered();
    }

    @Override
    public void problem(TopicPartition partition, FlotillaException error) {
        if (commits.refused(partition, error)) {
            meters.commitRefused(config.group(), error.code());
        }
    }

    private void settled() {
        List.copyOf(tenures.values()).forEach(this::releaseIfDone);
        if (commits.isSettled()) {
            Runnable then = whenSettled;
            whenSettled = () -> {};
            then.run();
        }
    }

    // ---- what the leaders send

    @Override
    public void batches(TopicPartition partition, List<ReadBatch> batches, long nextOffset, Runnable giveBack) {
        Tenure tenure = tenures.get(partition);
        if (tenure == null) {
            giveBack.run();
            return;
        }
        Delivery delivery =
                new Delivery(tenure, batches, nextOffset, giveBack, done -> loop.execute(() -> acked(done)));
        tenure.add(delivery);
        patience.delivered();
        queue.add(delivery);
    }

    @Override
    public void failed(TopicPartition partition, FlotillaException error, Position from) {
        Tenure tenure = tenures.get(partition);
        if (tenure == null) {
            return;
        }
        if (error.code() == ErrorCode.ERROR_CODE_CORRUPT_BATCH) {
            member.failed(error);
            return;
        }
        log.warn("group '{}' cannot read: {}", config.group(), error.getMessage());
        if (error.code() != ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE) { // else reset is ERROR
            loop.schedule(READ_AGAIN, () -> {
                if (tenure.state() == Tenure.State.HELD || tenure.state() == Tenure.State.UNSURE) {
                    reading.add(partition, tenure.topicId(), from);
                }
            });
        }
    }

    @Override
    public void allRead() {
        // a group's partitions have no end
    }

    // ---- what the application says

    private void acked(Delivery delivery) {
        patience.renew();
        if (!delivery.isAcked()) {
            processedInPart(delivery);
            return;
        }
        meters.processed(config.group(), delivery, loop.nanoTime() - delivery.takenNanos());
        Tenure tenure = delivery.tenure();
        if (tenure.state() != Tenure.State.OVER) {
            settle(tenure.ack(delivery));
            commits.want(tenure);
            if (tenure.state() == Tenure.State.REVOKED) {
                commits.flush();
            }
        }
    }

    private void processedInPart(Delivery delivery) {
        Tenure tenure = delivery.tenure();
        if (tenure.state() != Tenure.State.OVER) {
            tenure.processedBefore(delivery.processedBefore());
            commits.want(tenure);
        }
    }

    private void settle(List<Delivery> deliveries) {
        patience.settled(deliveries.size());
        deliveries.forEach(Delivery::settle);
    }

    @Override
    public void progress() {
        patience.renew();
    }

    @Override
    public void finish(Runnable then) {
        stopReading();
        whenSettled = then;
        commits.flush();
        settled();
    }

    private void stopReading() {
        tenures.keySet().forEach(reading::remove);
        queue.removeIf(delivery -> true);
    }

    @Override
    public void close() {
        patience.stop();
        reading.close();
        expelled();
    }
}
