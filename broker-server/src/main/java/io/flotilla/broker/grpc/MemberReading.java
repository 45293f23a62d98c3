package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the partitions of a member for it: delivers what comes while the member's window has room, and turns its acks into
 * positions. Owner: the call's serial execution.
 */
final class MemberReading implements ReadEvents {
    private final MemberTerms terms;
    private final MemberEvents events;
    private final MemberCommits commits;
    private final MemberMeters meters;
    private final LongSupplier nanoClock;
    private final Feed feed;
    private final Assignments partitions;
    private final MemberDeliveries deliveries = new MemberDeliveries();
    private ChunkEncoder.@Nullable Encoded heldBack; // until its position is committed
    private boolean withheld;
    private boolean over;

    MemberReading(
            MemberTerms terms,
            MemberEvents events,
            MemberCommits commits,
            CursorStarts starts,
            MemberMeters meters,
            Serial serial,
            LongSupplier nanoClock) {
        this.terms = terms;
        this.events = events;
        this.commits = commits;
        this.meters = meters;
        this.nanoClock = nanoClock;
        this.feed = new Feed(
                terms.toOpen(),
                this,
                cursor -> serial.execute(() -> {
                    cursor.wake();
                    pump();
                }));
        this.partitions =
                new Assignments(starts, new Assignments.Terms(terms.reset(), true, true), serial, this, feed, () -> {});
    }

    /** Delivers what can be delivered now. */
    void pump() {
        if (!over) {
            feed.pump(partitions);
        }
    }

    /** Whether nothing is to be delivered for now. */
    void withhold(boolean all) {
        withheld = all;
        pump();
    }

    void begin(PartitionStart start) {
        partitions.assign(start);
    }

    /** Goes on elsewhere in a partition; what was delivered of it is void. */
    void move(PartitionStart start) {
        forget(TopicPartition.newBuilder()
                .setTopic(start.getTopic())
                .setPartition(start.getPartition())
                .build());
        partitions.assign(start);
    }

    void pause(List<TopicPartition> names) {
        names.forEach(partitions::pause);
    }

    void resume(List<TopicPartition> names) {
        names.forEach(partitions::resume);
        pump();
    }

    /** Delivers no more of the partition; what was delivered can still be acked. */
    void stop(TopicPartition name) {
        partitions.unassign(name);
    }

    /** What was delivered of the partition can no longer be acked. */
    void forget(TopicPartition name) {
        int before = deliveries.count();
        grant(deliveries.forget(name));
        meters.givenUp(before - deliveries.count());
        ChunkEncoder.Encoded held = heldBack;
        if (held != null && nameOf(held).equals(name)) {
            heldBack = null;
        }
    }

    /** Whether nothing of the partition waits for an ack. */
    boolean isDone(TopicPartition name) {
        return terms.commitsFirst() || !deliveries.isOut(name);
    }

    /** The position to commit, if the ack gives one. */
    Optional<PartitionOffset> ack(long deliveryId) {
        return deliveries.ack(deliveryId).map(done -> {
            grant(done.bytes());
            return position(done.name(), done.nextOffset());
        });
    }

    private static PartitionOffset position(TopicPartition name, long offset) {
        return PartitionOffset.newBuilder()
                .setTopic(name.getTopic())
                .setPartition(name.getPartition())
                .setOffset(offset)
                .build();
    }

    private void grant(long bytes) {
        if (bytes > 0) {
            feed.grant(bytes);
        }
    }

    /** When the delivery was sent that waits longest for its ack. */
    Optional<Long> oldestNanos() {
        return deliveries.oldest().map(MemberDeliveries.Delivery::sentNanos);
    }

    void close() {
        if (!over) {
            over = true;
            meters.givenUp(deliveries.count());
            partitions.close();
        }
    }

    // ---- what the feed does

    @Override
    public boolean areTaken() {
        int most = terms.join().getMaxUnackedDeliveries();
        return !over && !withheld && heldBack == null && events.areTaken() && (most == 0 || deliveries.count() < most);
    }

    @Override
    public void batches(ChunkEncoder.Encoded encoded) {
        if (terms.commitsFirst()) {
            heldBack = encoded;
            commits.want(position(nameOf(encoded), encoded.nextOffset()));
            commits.flush(() -> release(encoded));
        } else {
            deliver(encoded);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same object, or it was forgotten meanwhile
    private void release(ChunkEncoder.Encoded committed) {
        if (heldBack == committed && !over) {
            heldBack = null;
            deliver(committed);
            pump();
        }
    }

    private void deliver(ChunkEncoder.Encoded encoded) {
        long id = deliveries.add(nameOf(encoded), encoded.nextOffset(), encoded.batchBytes(), nanoClock.getAsLong());
        meters.delivered(encoded.nextOffset() - encoded.from(), encoded.batchBytes());
        events.delivery(id, encoded);
    }

    private static TopicPartition nameOf(ChunkEncoder.Encoded encoded) {
        return TopicPartition.newBuilder()
                .setTopic(encoded.header().getTopic())
                .setPartition(encoded.header().getPartition())
                .build();
    }

    @Override
    public void ended(TopicPartition name, long nextOffset, @Nullable FlotillaException error) {
        if (error != null) {
            events.problem(name, error);
        }
    }

    @Override
    public void waits(TopicPartition name, FlotillaException why) {
        events.problem(name, why);
    }

    @Override
    public void started(PartitionCursor cursor) {
        // the member hears of it by the first delivery
    }

    @Override
    public void caughtUpIf(PartitionCursor cursor, long highWatermark) {
        // of no interest to a member
    }
}
