package io.flotilla.broker.group.kafka;

import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupList;
import io.flotilla.broker.v1.GroupMembers;
import io.flotilla.v1.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What is told of groups and their members, from Kafka's form. */
final class Descriptions {
    private Descriptions() {}

    static GroupAnswer list(ListGroupsResponseData response) {
        if (response.errorCode() != Errors.NONE.code()) {
            return GroupAnswer.newBuilder()
                    .setError(KafkaErrors.of("", response.errorCode(), null).toError())
                    .build();
        }
        GroupList.Builder groups = GroupList.newBuilder();
        response.groups()
                .forEach(group -> groups.addGroups(GroupList.Entry.newBuilder()
                        .setName(group.groupId())
                        .setState(group.groupState())
                        .setType(group.groupType())));
        return GroupAnswer.newBuilder().setGroups(groups).build();
    }

    /** By name. */
    static Map<String, String> states(ListGroupsResponseData response) {
        return response.groups().stream()
                .collect(Collectors.toMap(
                        ListGroupsResponseData.ListedGroup::groupId,
                        ListGroupsResponseData.ListedGroup::groupState,
                        (a, b) -> b)); // a partition that has just moved here and away
    }

    static GroupAnswer describe(ConsumerGroupDescribeResponseData.DescribedGroup group) {
        if (group.errorCode() != Errors.NONE.code()) {
            return GroupAnswer.newBuilder()
                    .setError(KafkaErrors.of(group.groupId(), group.errorCode(), group.errorMessage())
                            .toError())
                    .build();
        }
        GroupMembers.Builder description = GroupMembers.newBuilder()
                .setName(group.groupId())
                .setState(group.groupState())
                .setEpoch(group.groupEpoch())
                .setAssignor(group.assignorName());
        group.members()
                .forEach(member -> description.addMembers(GroupMembers.Member.newBuilder()
                        .setMemberId(member.memberId())
                        .setInstanceId(orEmpty(member.instanceId()))
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setMemberEpoch(member.memberEpoch())
                        .addAllPartitions(partitions(member.assignment()))));
        return GroupAnswer.newBuilder().setGroup(description).build();
    }

    private static List<TopicPartition> partitions(ConsumerGroupDescribeResponseData.Assignment assignment) {
        return assignment.topicPartitions().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .sorted()
                        .map(partition -> TopicPartition.newBuilder()
                                .setTopic(topic.topicName())
                                .setPartition(partition)
                                .build()))
                .toList();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
