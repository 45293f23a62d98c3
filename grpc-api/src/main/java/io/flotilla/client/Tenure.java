package io.flotilla.client;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A partition in the hands of one member without interruption: what was delivered of it and waits for an ack, and how far
 * it is processed. Owned by the loop.
 */
final class Tenure {
    private static final long NONE = -1;

    private final TopicPartition partition;
    private final ByteString topicId;
    private final Deque<Delivery> open = new ArrayDeque<>();
    private long acked = NONE;
    private long committed;
    private State state = State.HELD;
    private volatile long lag; // for any thread
    private long highWatermark;

    /** Whether the member still has it. */
    enum State {
        /** The present stream has said that it is the member's. */
        HELD,
        /** It was so on a stream that is over; the next one will say. */
        UNSURE,
        /** It is to be given up as soon as what is in hand is done. */
        REVOKED,
        /** It is another member's. */
        OVER
    }

    /** @param committed the group's position when it began */
    Tenure(TopicPartition partition, ByteString topicId, OptionalLong committed) {
        this.partition = partition;
        this.topicId = topicId;
        this.committed = committed.orElse(NONE);
    }

    TopicPartition partition() {
        return partition;
    }

    ByteString topicId() {
        return topicId;
    }

    State state() {
        return state;
    }

    void is(State now) {
        state = now;
    }

    void add(Delivery delivery) {
        open.add(delivery);
        for (ReadBatch batch : delivery.batches()) {
            highWatermark = Math.max(highWatermark, batch.highWatermark());
        }
        updateLag();
    }

    /** Records that are committed and not processed, as of the last delivery. On any thread. */
    long lag() {
        return lag;
    }

    private void updateLag() {
        Delivery first = open.peek();
        long position = first == null
                ? Math.max(acked, committed)
                : first.batches().get(0).firstOffset();
        lag = Math.max(0, highWatermark - position);
    }

    /** This one and those before it are processed; returns those that were not before. */
    List<Delivery> ack(Delivery delivery) {
        List<Delivery> done = new ArrayList<>();
        acked = Math.max(acked, delivery.nextOffset());
        for (Delivery first = open.peek();
                first != null && first.nextOffset() <= delivery.nextOffset();
                first = open.peek()) {
            done.add(open.remove());
        }
        updateLag();
        return done;
    }

    /** Records before {@code offset} are processed, of a delivery that is still open. */
    void processedBefore(long offset) {
        acked = Math.max(acked, offset);
    }

    /** These will never be processed. */
    void drop(List<Delivery> untaken) {
        open.removeAll(Set.copyOf(untaken));
    }

    /** None of the rest will be processed; returns it. */
    List<Delivery> dropAll() {
        List<Delivery> all = List.copyOf(open);
        open.clear();
        return all;
    }

    /** Whether something waits for an ack. */
    boolean isOpen() {
        return !open.isEmpty();
    }

    /** The position to commit; only once something was acked. */
    long acked() {
        return acked;
    }

    /** Whether the group's position is behind what was acked; it never goes back. */
    boolean isAhead() {
        return acked > committed;
    }

    /** The group's position is known to have got to {@code offset}. */
    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    /**
     * Whether the group's position, as it is after a while without a stream, is one that this member may have committed:
     * then nobody else has gone on with the partition, nor moved the position.
     */
    boolean goesOnFrom(ByteString idNow, OptionalLong position) {
        boolean possible = position.isEmpty()
                ? committed == NONE
                : position.getAsLong() >= committed && position.getAsLong() <= Math.max(acked, committed);
        return possible && topicId.equals(idNow);
    }
}
