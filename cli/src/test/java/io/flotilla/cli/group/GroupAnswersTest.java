package io.flotilla.cli.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.OutputFormat;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.GroupDescription.GroupPartition;
import io.flotilla.v1.GroupDescription.Member;
import io.flotilla.v1.ResetGroupResponse;
import io.flotilla.v1.ResetGroupResponse.Moved;
import io.flotilla.v1.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the answers about groups to what they were; {@code -Dgolden.update=true} writes the files anew. */
class GroupAnswersTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/group");
    private static final GroupDescription GROUP = GroupDescription.newBuilder()
            .setName("billing")
            .setState(GroupDescription.State.STATE_STABLE)
            .setEpoch(7)
            .setAssignor("uniform")
            .setCoordinatorId(2)
            .addMembers(Member.newBuilder()
                    .setMemberId("9c1e6f2a")
                    .setInstanceId("one")
                    .setClientId("biller")
                    .setClientHost("10.0.0.7")
                    .setMemberEpoch(7)
                    .addPartitions(partition(0)))
            .addPartitions(GroupPartition.newBuilder()
                    .setPartition(partition(0))
                    .setCommittedOffset(118_019)
                    .setLogStartOffset(100)
                    .setHighWatermark(121_833)
                    .setLagRecords(3814)
                    .setLagMs(41_000)
                    .setMemberId("9c1e6f2a")
                    .setMetadata("by hand"))
            .addPartitions(GroupPartition.newBuilder()
                    .setPartition(partition(1))
                    .setHighWatermark(5)
                    .setLagRecords(5))
            .build();
    private static final Map<String, Answer> ANSWERS = Map.of(
            "group-list", GroupRows.list(List.of(GROUP)),
            "group-describe", GroupRows.card(GROUP),
            "group-members", GroupRows.members(GROUP),
            "group-lag", GroupRows.lag(GROUP),
            "group-offsets", GroupRows.positions(GROUP),
            "group-seek",
                    GroupRows.moves(
                            "GroupSeekPlan",
                            ResetGroupResponse.newBuilder()
                                    .addPartitions(Moved.newBuilder()
                                            .setPartition(partition(0))
                                            .setFromOffset(118_019)
                                            .setToOffset(100))
                                    .addPartitions(Moved.newBuilder().setPartition(partition(1)))
                                    .build()));

    private static TopicPartition partition(int number) {
        return TopicPartition.newBuilder()
                .setTopic("orders")
                .setPartition(number)
                .build();
    }

    static Set<String> names() {
        return ANSWERS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void looksAsItAlwaysDid(String name) throws IOException {
        String json = Objects.requireNonNull(ANSWERS.get(name)).in(OutputFormat.JSON);
        Path file = GOLDEN.resolve(name + ".json");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, json);
        }

        assertThat(json).isEqualTo(Files.readString(file));
    }

    @Test
    void aTableShowsLagInRecordsAndInTime() {
        assertThat(Objects.requireNonNull(ANSWERS.get("group-lag")).in(OutputFormat.TABLE))
                .isEqualTo("""
                        PARTITION  COMMITTED  END     LAG   LAG-TIME  MEMBER
                        orders/0   118019     121833  3814  41s       9c1e6f2a
                        orders/1   -          5       5     -         -
                        """);
    }
}
