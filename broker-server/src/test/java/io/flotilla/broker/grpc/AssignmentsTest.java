package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeRequest.Open;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Partitions that nobody leads for longer than a call waits for a leader. */
class AssignmentsTest {
    private static final long LONG = 60_000_000_000L; // in nanoseconds; longer than the patience of a start
    private static final int TIMES = 3;

    private final TestBroker broker = new TestBroker();
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final AtomicLong now = new AtomicLong();
    private final Told told = new Told();

    /** Keeps what is told; the partition gets a leader after it was told {@link #TIMES} times that there is none. */
    private final class Told implements ReadEvents {
        private final List<FlotillaException> waits = new ArrayList<>();
        private final List<@Nullable FlotillaException> ended = new ArrayList<>();
        private final List<TopicPartition> started = new ArrayList<>();

        @Override
        public boolean areTaken() {
            return true;
        }

        @Override
        public void started(PartitionCursor cursor) {
            started.add(cursor.name());
        }

        @Override
        public void ended(TopicPartition name, long nextOffset, @Nullable FlotillaException error) {
            ended.add(error);
        }

        @Override
        public void waits(TopicPartition name, FlotillaException why) {
            waits.add(why);
            if (waits.size() == TIMES) {
                broker.leads(TestBroker.FIRST, 3);
            }
        }

        @Override
        public void batches(ChunkEncoder.Encoded encoded) {
            throw new AssertionError("the partition is empty");
        }

        @Override
        public void caughtUpIf(PartitionCursor cursor, long highWatermark) {
            // of no interest
        }
    }

    @AfterEach
    void close() {
        channels.close();
    }

    private void assign(boolean keepsTrying) {
        CursorStarts starts = new CursorStarts(
                broker.routing(),
                new Sources(broker.routing(), new SharedFetches(channels, 1 << 20)),
                new OffsetLookup(broker.routing(), channels),
                () -> now.addAndGet(LONG));
        Serial serial = new Serial(Runnable::run);
        Feed feed = new Feed(Open.getDefaultInstance(), told, cursor -> {});
        Assignments assignments = new Assignments(
                starts,
                new Assignments.Terms(OffsetReset.OFFSET_RESET_START, true, keepsTrying),
                serial,
                told,
                feed,
                () -> {});
        serial.execute(() -> assignments.assign(
                PartitionStart.newBuilder().setTopic("orders").build()));
    }

    @Test
    void aCallThatKeepsTryingReadsThePartitionOnceItHasALeader() {
        assign(true);

        assertThat(told.waits)
                .hasSize(TIMES)
                .allMatch(error -> error.code() == ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(told.started).hasSize(1);
        assertThat(told.ended).isEmpty();
    }

    @Test
    void otherCallsEndThePartition() {
        assign(false);

        assertThat(told.ended)
                .singleElement()
                .matches(error -> error != null && error.code() == ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(told.waits).isEmpty();
        assertThat(told.started).isEmpty();
    }
}
