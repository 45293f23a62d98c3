package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProduceMemoryTest {
    private final ProduceMemory memory = new ProduceMemory(100);
    private final List<String> ran = new ArrayList<>();

    private Runnable task(String name) {
        return () -> ran.add(name);
    }

    @Test
    void runsAtOnceWhileThereIsRoom() {
        memory.take(99);

        memory.whenRoom(task("a"));

        assertThat(memory.isFull()).isFalse();
        assertThat(ran).containsExactly("a");
    }

    @Test
    void letsNobodyGoOnWhenItIsFull() {
        memory.take(100);

        memory.whenRoom(task("a"));

        assertThat(memory.isFull()).isTrue();
        assertThat(ran).isEmpty();
    }

    @Test
    void wakesEveryoneAsSoonAsThereIsRoom() {
        memory.take(150);
        memory.whenRoom(task("a"));
        memory.whenRoom(task("b"));
        memory.release(50);
        assertThat(ran).as("still at the bound").isEmpty();

        memory.release(1);

        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void wakesNobodyTwice() {
        memory.take(100);
        memory.whenRoom(task("a"));
        memory.release(50);

        memory.release(50);

        assertThat(ran).containsExactly("a");
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void whoFillsItAgainAndWaitsIsWokenWithTheOthersNextTime() {
        memory.take(100);
        memory.whenRoom(() -> {
            memory.take(100);
            memory.whenRoom(task("again"));
        });

        memory.release(100);
        assertThat(ran).isEmpty();
        memory.release(100);

        assertThat(ran).containsExactly("again");
    }
}
