package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.Record;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What brokers measure of a group, as it is scraped; summed over brokers where any of them may be the one that knows. */
class GroupMetersIT {
    private static final int BROKERS = 3;
    private static final String LAG = "flotilla_group_lag_records{group=\"behind\",topic=\"orders\"}";
    private static final String LAG_SECONDS = "flotilla_group_lag_seconds{group=\"behind\",topic=\"orders\"}";
    private static final String STABLE = "flotilla_group_groups{state=\"stable\"}";
    private static final String EMPTY = "flotilla_group_groups{state=\"empty\"}";
    private static final String UNKNOWN_MEMBERS = "flotilla_group_refusals_total{code=\"UNKNOWN_MEMBER\"}";

    @Test
    void aGroupIsMeasuredFromItsFirstMemberToItsLast(@TempDir Path root) throws Exception {
        try (Fleet fleet = Fleet.start(root, BROKERS, Map.of("drain.timeout", "1s"));
                Door door = Door.to(fleet.clientPort(1));
                Door other = Door.to(fleet.clientPort(2))) {
            door.create("orders", 2, BROKERS, Map.of());
            door.awaitLed("orders");
            other.awaitLed("orders");
            Scrapes scrapes = new Scrapes(fleet, BROKERS);
            publish(door, 10);

            Member member = Member.of(door, Member.join("behind", "orders"));
            member.until("it has all records", () -> member.values().size() == 10);
            Await.until("its group is counted", () -> scrapes.sum(STABLE) == 1);
            assertThat(scrapes.sum("flotilla_group_members")).isEqualTo(1);
            assertThat(scrapes.sum("flotilla_group_delivered_records_total")).isEqualTo(10);
            assertThat(scrapes.sum("flotilla_group_delivered_bytes_total")).isGreaterThan(10);
            assertThat(scrapes.sum("flotilla_group_rebalances_total")).isPositive();
            Await.until("all is committed", () -> scrapes.sum("flotilla_group_committed_positions_total") >= 2);
            assertThat(scrapes.sum("flotilla_group_commit_seconds_count")).isPositive();
            assertThat(scrapes.sum("flotilla_group_beat_seconds_count")).isPositive();
            assertThat(scrapes.sum("flotilla_group_load_seconds_count")).isPositive();

            member.leave();
            publish(door, 5);
            Await.until("what nobody reads is lag", () -> scrapes.sum(LAG) == 5);
            assertThat(scrapes.sum(LAG_SECONDS)).isPositive();
            assertThat(scrapes.tellers(LAG)).as("the coordinator alone tells").isEqualTo(1);
            assertThat(scrapes.sum("flotilla_group_members_left_total")).isEqualTo(1);
            assertThat(scrapes.sum("flotilla_group_members_removed_total")).isEqualTo(1);
            Await.until("it has no members", () -> scrapes.sum(EMPTY) == 1 && scrapes.sum(STABLE) == 0);

            commitAs(door, member.id(), member.epoch());
            assertThat(scrapes.sum(UNKNOWN_MEMBERS)).isPositive();

            Member silent = Member.silent(other, Member.join("behind", "orders"));
            silent.until("it has the rest", () -> silent.values().size() == 5);
            silent.close();
            Await.until(
                    "it is counted that they are not acked",
                    () -> scrapes.sum("flotilla_group_unacked_deliveries_total") > 0);
            Await.until("its session ends", () -> scrapes.sum("flotilla_group_members_removed_total") == 2);
            assertThat(scrapes.sum("flotilla_group_members_left_total")).isEqualTo(1);
        }
    }

    private static void publish(Door door, int count) {
        for (int i = 0; i < count; i++) {
            var unused = door.producer()
                    .publish(PublishRequest.newBuilder()
                            .setTopic("orders")
                            .setPartition(i % 2)
                            .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("record " + i)))
                            .build());
        }
    }

    private static void commitAs(Door door, String memberId, int epoch) {
        assertThatThrownBy(() -> door.groups()
                        .commitOffsets(CommitOffsetsRequest.newBuilder()
                                .setGroup("behind")
                                .setMemberId(memberId)
                                .setMemberEpoch(epoch)
                                .addOffsets(PartitionOffset.newBuilder()
                                        .setTopic("orders")
                                        .setOffset(1))
                                .build()))
                .hasMessageContaining("behind");
    }
}
