package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.TopicId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StickyChoiceTest {
    private static final TopicId TOPIC = TestImages.topicId(1);
    private static final int STAY = 64 << 10;

    private final StickyChoice choice = new StickyChoice();

    @Test
    void staysUntilEnoughBytesWentThere() {
        int first = choice.next(TOPIC, 10, STAY / 2);

        assertThat(choice.next(TOPIC, 10, STAY / 2)).isEqualTo(first);
        assertThat(choice.next(TOPIC, 10, 1)).isEqualTo((first + 1) % 10);
    }

    @Test
    void countsFromZeroAtEachPartition() {
        int first = choice.next(TOPIC, 10, STAY);

        assertThat(choice.next(TOPIC, 10, STAY - 1)).isEqualTo((first + 1) % 10);
        assertThat(choice.next(TOPIC, 10, 1)).isEqualTo((first + 1) % 10);
        assertThat(choice.next(TOPIC, 10, 1)).isEqualTo((first + 2) % 10);
    }

    @Test
    void visitsAllPartitions() {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            chosen.add(choice.next(TOPIC, 5, STAY));
        }

        assertThat(chosen).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void topicsDoNotMoveEachOther() {
        int first = choice.next(TOPIC, 10, 1);
        assertThat(choice.next(TestImages.topicId(2), 10, STAY))
                .isNotEqualTo(choice.next(TestImages.topicId(2), 10, STAY));

        assertThat(choice.next(TOPIC, 10, 1)).isEqualTo(first);
    }
}
