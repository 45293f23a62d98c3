package io.flotilla.broker.group.kafka;

import com.google.protobuf.ByteString;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.Holding;
import io.flotilla.broker.v1.MemberBeat;
import io.flotilla.broker.v1.MemberState;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member's signs of life, to Kafka's form and back. */
final class Members {
    private Members() {}

    static ConsumerGroupHeartbeatRequestData request(String group, MemberBeat beat) {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(beat.getMemberId())
                .setMemberEpoch(beat.getMemberEpoch());
        if (beat.hasTerms()) {
            MemberBeat.Terms terms = beat.getTerms();
            boolean byPattern = !terms.getTopicRegex().isEmpty();
            request.setInstanceId(orNull(terms.getInstanceId()))
                    .setRackId(orNull(terms.getRack()))
                    .setRebalanceTimeoutMs(terms.getRebalanceTimeoutMs())
                    .setSubscribedTopicNames(terms.getTopicsList())
                    .setSubscribedTopicRegex(byPattern ? terms.getTopicRegex() : "")
                    .setServerAssignor(orNull(terms.getAssignor()));
        }
        if (beat.hasHolding()) {
            request.setTopicPartitions(beat.getHolding().getTopicsList().stream()
                    .map(topic -> new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                            .setTopicId(TopicImages.uuid(topic.getTopicId()))
                            .setPartitions(topic.getPartitionsList()))
                    .toList());
        }
        return request;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    static GroupAnswer answer(String group, ConsumerGroupHeartbeatResponseData response) {
        if (response.errorCode() != Errors.NONE.code()) {
            return GroupAnswer.newBuilder()
                    .setError(KafkaErrors.of(group, response.errorCode(), response.errorMessage())
                            .toError())
                    .build();
        }
        MemberState.Builder state = MemberState.newBuilder().setMemberEpoch(response.memberEpoch());
        if (response.memberId() != null) {
            state.setMemberId(response.memberId());
        }
        if (response.assignment() != null) {
            state.setAssignment(holding(response.assignment().topicPartitions()));
        }
        return GroupAnswer.newBuilder().setMember(state).build();
    }

    private static Holding holding(List<ConsumerGroupHeartbeatResponseData.TopicPartitions> topics) {
        Holding.Builder holding = Holding.newBuilder();
        topics.forEach(topic -> holding.addTopics(Holding.TopicPartitions.newBuilder()
                .setTopicId(
                        ByteString.copyFrom(TopicImages.topicId(topic.topicId()).toBytes()))
                .addAllPartitions(topic.partitions())));
        return holding.build();
    }
}
