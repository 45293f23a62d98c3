package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions one call reads. Owner: the call's serial execution.
 *
 * <pre>
 *   assigned --&gt; starting --&gt; read (or held) --&gt; ended
 *                   ^            |
 *                   +-- moved ---+
 * </pre>
 *
 * A partition that has had no leader for long ends, or starts again if the call keeps trying.
 */
final class Assignments implements Feed.Listener {
    private static final int MAX_PARTITIONS = 10_000;

    private final CursorStarts starts;
    private final Terms terms;
    private final Serial serial;
    private final ReadEvents events;
    private final Feed feed;
    private final Runnable onAllEnded;
    private final Map<TopicPartition, Attempt> starting = new HashMap<>();
    private final Map<TopicPartition, PartitionCursor> reading = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();

    /**
     * What holds for all partitions of a call.
     *
     * @param reset where to go if a start position does not exist
     * @param mayForward whether another broker may be asked
     * @param keepsTrying whether a partition without a leader is waited for as long as it takes
     */
    record Terms(OffsetReset reset, boolean mayForward, boolean keepsTrying) {}

    /** To start reading a partition; two are never the same. */
    private static final class Attempt {
        private final PartitionStart request;
        private final boolean announced;

        Attempt(PartitionStart request, boolean announced) {
            this.request = request;
            this.announced = announced;
        }

        long offset() {
            return request.getFrom().getOffset();
        }
    }

    Assignments(CursorStarts starts, Terms terms, Serial serial, ReadEvents events, Feed feed, Runnable onAllEnded) {
        this.starts = starts;
        this.terms = terms;
        this.serial = serial;
        this.events = events;
        this.feed = feed;
        this.onAllEnded = onAllEnded;
    }

    /** Adds a partition, or moves one that is there. */
    void assign(PartitionStart request) {
        TopicPartition name = TopicPartition.newBuilder()
                .setTopic(request.getTopic())
                .setPartition(request.getPartition())
                .build();
        forget(name);
        paused.remove(name);
        if (reading.size() + starting.size() >= MAX_PARTITIONS) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_TOO_MANY_STREAMS,
                    "a call reads at most %d partitions; open another one".formatted(MAX_PARTITIONS));
        }
        start(name, new Attempt(request, true));
    }

    private void start(TopicPartition name, Attempt attempt) {
        starting.put(name, attempt);
        var unused = starts.start(attempt.request, terms.reset(), terms.mayForward(), serial)
                .whenComplete((cursor, error) -> serial.execute(() -> started(name, attempt, cursor, error)));
    }

    private void started(
            TopicPartition name, Attempt attempt, @Nullable PartitionCursor cursor, @Nullable Throwable error) {
        if (starting.get(name) != attempt) {
            return; // it was assigned again or unassigned meanwhile, or the call is over
        }
        starting.remove(name);
        if (cursor == null) {
            notStarted(name, attempt, Errors.of(Objects.requireNonNull(error)));
            return;
        }
        reading.put(name, cursor);
        feed.add(cursor);
        if (attempt.announced) {
            events.started(cursor);
        }
        if (cursor.isDone()) {
            done(cursor); // it starts where it was to stop: nothing will be read
        }
        feed.pump(this);
    }

    private void notStarted(TopicPartition name, Attempt attempt, FlotillaException why) {
        if (terms.keepsTrying() && CursorStarts.isMoved(why)) {
            events.waits(name, why);
            start(name, attempt); // takes its time before it fails again
        } else {
            events.ended(name, attempt.offset(), why);
            endIfAllEnded();
        }
    }

    void unassign(TopicPartition name) {
        end(name, null);
    }

    void pause(TopicPartition name) {
        if (reading.containsKey(name) || starting.containsKey(name)) {
            paused.add(name);
        }
    }

    void resume(TopicPartition name) {
        paused.remove(name);
    }

    @Override
    public boolean isPaused(PartitionCursor cursor) {
        return paused.contains(cursor.name());
    }

    @Override
    public void done(PartitionCursor cursor) {
        end(cursor.name(), null);
        endIfAllEnded();
    }

    @Override
    public void failed(PartitionCursor cursor, FlotillaException error) {
        if (terms.mayForward() && CursorStarts.isMoved(error)) {
            startWhereItIsLedNow(cursor);
        } else {
            end(cursor.name(), error);
            endIfAllEnded();
        }
    }

    private void startWhereItIsLedNow(PartitionCursor cursor) {
        forget(cursor.name());
        PartitionStart.Builder again = PartitionStart.newBuilder()
                .setTopic(cursor.name().getTopic())
                .setPartition(cursor.name().getPartition())
                .setTopicId(cursor.topicId());
        again.getFromBuilder().setOffset(cursor.offset());
        if (cursor.until() != Long.MAX_VALUE) {
            again.getUntilBuilder().setOffset(cursor.until());
        }
        start(cursor.name(), new Attempt(again.build(), false));
    }

    private void end(TopicPartition name, @Nullable FlotillaException error) {
        PartitionCursor cursor = forget(name);
        Attempt attempt = starting.remove(name);
        paused.remove(name);
        if (cursor != null) {
            events.ended(name, cursor.offset(), error);
        } else if (attempt != null) {
            events.ended(name, attempt.offset(), error);
        }
    }

    private @Nullable PartitionCursor forget(TopicPartition name) {
        PartitionCursor cursor = reading.remove(name);
        if (cursor != null) {
            feed.remove(cursor);
            cursor.source().close();
        }
        return cursor;
    }

    private void endIfAllEnded() {
        if (starting.isEmpty() && reading.isEmpty()) {
            onAllEnded.run();
        }
    }

    /** Lets go of all of them, and says nothing. */
    void close() {
        starting.clear();
        Set.copyOf(reading.keySet()).forEach(this::forget);
    }
}
