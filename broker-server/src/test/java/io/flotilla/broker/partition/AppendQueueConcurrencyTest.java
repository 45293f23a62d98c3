package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.AppendOutcome.Appended;
import io.flotilla.log.Log;
import io.flotilla.log.LogException;
import io.flotilla.raft.ProposeResult;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.TimestampType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads offer while others bring answers. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AppendQueueConcurrencyTest {
    private static final int PRODUCERS = 4;
    private static final int EACH = 3000;

    private final ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS);
    private final ExecutorService group = Executors.newFixedThreadPool(2);
    private final AtomicInteger proposing = new AtomicInteger();
    private final AtomicInteger mostProposing = new AtomicInteger();
    private final AtomicInteger proposals = new AtomicInteger();
    private final Log log;
    private final AppendQueue queue = new AppendQueue(
            this::propose,
            new NoGate(),
            new ProduceConfig(64 << 20, 64 << 20, 1 << 10, 2),
            Integer.MAX_VALUE,
            () -> Instant.ofEpochMilli(1000));
    private volatile boolean refusesSome;

    AppendQueueConcurrencyTest() throws Exception {
        log = new MemoryLog().open();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        group.shutdownNow();
    }

    /** Half of the answers are there at once, the others come on threads of the group. */
    private CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        mostProposing.accumulateAndGet(proposing.incrementAndGet(), Math::max);
        int index = proposals.getAndIncrement();
        ProposeResult result =
                refusesSome && index % 5 == 4 ? new ProposeResult.Refused("not now") : committed(index, payload);
        proposing.decrementAndGet();
        return index % 2 == 0
                ? CompletableFuture.completedFuture(result)
                : CompletableFuture.supplyAsync(() -> result, group);
    }

    private ProposeResult committed(int index, byte[] payload) {
        try {
            log.append(index, 1, payload);
            return new ProposeResult.Committed(index);
        } catch (LogException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyBatchIsAppendedOnceInTheOrderOfItsProducer() {
        List<List<AppendOutcome>> outcomes = outcomesOfAll();

        assertThat(mostProposing).hasValue(1);
        assertThat(outcomes).allSatisfy(each -> {
            assertThat(each).hasOnlyElementsOfType(Appended.class);
            assertThat(offsets(each)).isSorted();
        });
        assertThat(outcomes.stream().flatMap(each -> offsets(each).stream()).sorted())
                .containsExactlyElementsOf(IntStream.range(0, PRODUCERS * EACH)
                        .mapToObj(Long::valueOf)
                        .toList());
    }

    @Test
    void everyBatchIsAnsweredWhenSomeEntriesAreRefused() {
        refusesSome = true;

        List<List<AppendOutcome>> outcomes = outcomesOfAll();

        long appended =
                outcomes.stream().mapToLong(each -> offsets(each).size()).sum();
        assertThat(appended).isPositive().isEqualTo(log.logEnd());
        assertThat(outcomes).allSatisfy(each -> {
            assertThat(each).hasSize(EACH).hasOnlyElementsOfTypes(Appended.class, AppendOutcome.Refused.class);
            assertThat(offsets(each)).isSorted();
        });
        assertThat(queue.waitingBytes()).isZero();
    }

    /** What became of the batches of each producer, in the order in which it offered them. */
    private List<List<AppendOutcome>> outcomesOfAll() {
        List<CompletableFuture<List<CompletableFuture<AppendOutcome>>>> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(CompletableFuture.supplyAsync(this::produce, threads));
        }
        return producers.stream()
                .map(producer ->
                        producer.join().stream().map(CompletableFuture::join).toList())
                .toList();
    }

    private List<CompletableFuture<AppendOutcome>> produce() {
        return IntStream.range(0, EACH)
                .mapToObj(number -> queue.offer(batch(number)))
                .toList();
    }

    private static NewBatch batch(int number) {
        byte[] bytes =
                ByteBuffer.allocate(200 - FrameHeader.BYTES).putInt(number).array();
        return new NewBatch(
                bytes, 0, bytes.length, 1, 0, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED, NewBatch.Conditions.NONE);
    }

    private static List<Long> offsets(List<AppendOutcome> outcomes) {
        return outcomes.stream()
                .filter(Appended.class::isInstance)
                .map(outcome -> ((Appended) outcome).batch().baseOffset())
                .toList();
    }
}
