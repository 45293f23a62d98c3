package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.GroupId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionIdTest {
    private static final TopicId TOPIC = TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000");

    @Test
    void namesItsRaftGroupAfterTheTopicAndThePartition() {
        GroupId group = new PartitionId(TOPIC, 0x1F3).groupId();

        assertThat(group).hasToString("0f8fad5b-d9cb-469f-a165-7086772801f3");
    }

    @Test
    void isFoundAgainFromItsRaftGroup() {
        for (int partition : new int[] {0, 1, 255, 256, Topic.MAX_PARTITIONS - 1}) {
            PartitionId id = new PartitionId(TOPIC, partition);

            assertThat(PartitionId.of(id.groupId())).isEqualTo(id);
        }
    }

    @Test
    void hasARaftGroupOfItsOwn() {
        SplittableRandom random = new SplittableRandom(3);
        Set<GroupId> groups = new HashSet<>();

        for (int topic = 0; topic < 100; topic++) {
            TopicId id = TopicId.random(random);
            for (int partition = 0; partition < 100; partition++) {
                groups.add(new PartitionId(id, partition).groupId());
            }
        }

        assertThat(groups).hasSize(100 * 100);
    }

    @Test
    void isOrderedByTopicThenPartition() {
        TopicId later = TopicId.parse("1f8fad5b-d9cb-469f-a165-708677280000");
        List<PartitionId> ordered =
                List.of(new PartitionId(TOPIC, 0), new PartitionId(TOPIC, 10), new PartitionId(later, 2));

        assertThat(Stream.of(ordered.get(2), ordered.get(1), ordered.get(0)).sorted())
                .isEqualTo(ordered);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Topic.MAX_PARTITIONS, Integer.MAX_VALUE})
    void refusesNumbersThatNoTopicHas(int partition) {
        assertThatThrownBy(() -> new PartitionId(TOPIC, partition))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partition is %d; must be 0 to 9999", partition);
    }
}
