package io.flotilla.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedRoundTest {
    private final List<CompletableFuture<Void>> begun = new ArrayList<>();
    private final SharedRound rounds = new SharedRound(() -> {
        CompletableFuture<Void> round = new CompletableFuture<>();
        begun.add(round);
        return round;
    });

    @Test
    void whoAsksWhileARoundIsUnderWayWaitsForTheNextOne() {
        CompletableFuture<Void> first = rounds.join();
        CompletableFuture<Void> second = rounds.join();

        begun.get(0).complete(null);

        assertThat(first).isCompleted();
        assertThat(second).as("its round began after it asked").isNotDone();
        assertThat(begun).hasSize(2);
        begun.get(1).complete(null);
        assertThat(second).isCompleted();
    }

    @Test
    void allWhoWaitShareOneRound() {
        var unused = rounds.join();
        List<CompletableFuture<Void>> crowd = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            crowd.add(rounds.join());
        }

        begun.get(0).complete(null);
        begun.get(1).complete(null);

        assertThat(begun).hasSize(2);
        assertThat(crowd).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aRoundThatFailsFailsForThoseWhoWaitedForItAlone() {
        CompletableFuture<Void> first = rounds.join();
        CompletableFuture<Void> second = rounds.join();

        begun.get(0).completeExceptionally(new IllegalStateException("no leader"));
        begun.get(1).complete(null);

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompleted();
        var unused = rounds.join();
        assertThat(begun).as("nothing is left over").hasSize(3);
    }

    @Test
    void nobodyCanCompleteTheRoundOfOthers() {
        var unused = rounds.join();
        CompletableFuture<Void> mine = rounds.join();
        CompletableFuture<Void> another = rounds.join();

        mine.cancel(false);

        assertThat(another).isNotDone();
        begun.get(0).complete(null);
        begun.get(1).complete(null);
        assertThat(another).isCompleted();
    }
}
