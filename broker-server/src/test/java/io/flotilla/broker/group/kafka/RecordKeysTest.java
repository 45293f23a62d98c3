package io.flotilla.broker.group.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.group.OffsetsTopic;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.junit.jupiter.api.Test;

class RecordKeysTest {
    private static ByteBuffer encoded(ApiMessage key) {
        return ByteBuffer.wrap(new GroupCoordinatorRecordSerde().serializeKey(CoordinatorRecord.tombstone(key)));
    }

    @Test
    void findsTheGroupWhoseMembersOrAssignmentsChange() {
        for (ApiMessage key : List.of(
                new ConsumerGroupMetadataKey().setGroupId("billing"),
                new ConsumerGroupMemberMetadataKey().setGroupId("billing").setMemberId("m"),
                new ConsumerGroupTargetAssignmentMetadataKey().setGroupId("billing"),
                new ConsumerGroupTargetAssignmentMemberKey()
                        .setGroupId("billing")
                        .setMemberId("m"),
                new ConsumerGroupCurrentMemberAssignmentKey()
                        .setGroupId("billing")
                        .setMemberId("m"))) {
            assertThat(RecordKeys.changedGroup(encoded(key))).as("%s", key).hasValue("billing");
        }
    }

    @Test
    void aPositionChangesNoGroup() {
        ByteBuffer key = encoded(
                new OffsetCommitKey().setGroup("billing").setTopic("orders").setPartition(3));

        assertThat(RecordKeys.changedGroup(key)).isEmpty();
        assertThat(key.position()).isZero();
        assertThat(RecordKeys.changedGroup(null)).isEmpty();
        assertThat(RecordKeys.changedGroup(ByteBuffer.allocate(1))).isEmpty();
        assertThat(RecordKeys.changedGroup(ByteBuffer.wrap(new byte[] {127, 1, 0, 0, 0})))
                .isEmpty();
    }

    @Test
    void onlyOneKindOfRecordMakesAMember() {
        ByteBuffer member = encoded(
                new ConsumerGroupMemberMetadataKey().setGroupId("billing").setMemberId("m"));

        assertThat(RecordKeys.isMember(member)).isTrue();
        assertThat(member.position()).isZero();
        assertThat(RecordKeys.isMember(encoded(new ConsumerGroupMetadataKey().setGroupId("billing"))))
                .isFalse();
        assertThat(RecordKeys.isMember(null)).isFalse();
        assertThat(RecordKeys.isMember(ByteBuffer.allocate(1))).isFalse();
    }

    @Test
    void aGroupIsWhereKafkaLooksForIt() {
        for (String group : List.of("", "billing", "polygenelubricants", "a.b-c_d")) {
            assertThat(OffsetsTopic.partitionOf(group, 8)).isEqualTo(Utils.abs(group.hashCode()) % 8);
        }
    }
}
