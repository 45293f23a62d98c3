package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private final Ids taken = new Ids();
    private long nanos;
    private final ProducerIds ids = new ProducerIds(taken, () -> nanos);

    /** The cluster's last id, and calls that are answered when the test says so. */
    private static final class Ids implements ProducerIds.Allocator {
        private long last;
        private final List<Runnable> calls = new ArrayList<>();

        @Override
        public long lastTaken() {
            return last;
        }

        @Override
        public CompletableFuture<Boolean> take(long after, int count) {
            CompletableFuture<Boolean> taken = new CompletableFuture<>();
            calls.add(() -> {
                boolean free = after == last;
                last += free ? count : 0;
                taken.complete(free);
            });
            return taken;
        }

        void answer() {
            calls.remove(0).run();
        }
    }

    @Test
    void handsOutEachIdOnce() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 2500; i++) {
            CompletableFuture<Long> id = ids.next();
            if (!taken.calls.isEmpty()) {
                taken.answer();
            }
            seen.add(id.join());
        }

        assertThat(seen).hasSize(2500).allMatch(id -> id > 0);
        assertThat(taken.last).isEqualTo(3000);
    }

    @Test
    void thoseWhoWaitShareABlock() {
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            waiting.add(ids.next());
        }
        assertThat(taken.calls).hasSize(1);

        taken.answer();
        assertThat(waiting.get(999)).isCompletedWithValue(1000L);
        assertThat(waiting.get(1000)).isNotDone();
        taken.answer();

        assertThat(waiting.get(1499)).isCompletedWithValue(1500L);
        assertThat(taken.calls).isEmpty();
    }

    @Test
    void triesAgainBehindThoseWhoWereFaster() {
        CompletableFuture<Long> id = ids.next();
        taken.last = 1000;

        taken.answer();
        taken.answer();

        assertThat(id).isCompletedWithValue(1001L);
    }

    @Test
    void givesUpInTheEnd() {
        CompletableFuture<Long> id = ids.next();
        taken.last = 1000;
        nanos += ProducerIds.PATIENCE.toNanos();

        taken.answer();

        assertThat(catchThrowable(id::join).getCause())
                .isInstanceOfSatisfying(
                        FlotillaException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM));
        assertThat(ids.next()).as("the next one tries again").isNotDone();
        taken.answer();
    }

    @Test
    void aFailureGoesToAllWhoWait() {
        ProducerIds broken = new ProducerIds(
                new ProducerIds.Allocator() {
                    @Override
                    public long lastTaken() {
                        return 0;
                    }

                    @Override
                    public CompletableFuture<Boolean> take(long after, int count) {
                        throw new IllegalStateException("no metadata");
                    }
                },
                () -> nanos);

        assertThat(broken.next()).isCompletedExceptionally();
        assertThat(broken.next()).isCompletedExceptionally();
    }
}
