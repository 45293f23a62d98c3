package io.flotilla.broker.group.kafka;

import io.flotilla.broker.v1.CommitPositions;
import io.flotilla.broker.v1.FetchPositions;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.Positions;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Committed positions, to Kafka's form and back. */
final class Committed {
    private static final int NO_EPOCH = -1;

    private Committed() {}

    static OffsetCommitRequestData commit(String group, CommitPositions commit) {
        Map<String, OffsetCommitRequestData.OffsetCommitRequestTopic> topics = new LinkedHashMap<>();
        for (PartitionOffset position : commit.getOffsetsList()) {
            topics.computeIfAbsent(
                            position.getTopic(),
                            name -> new OffsetCommitRequestData.OffsetCommitRequestTopic().setName(name))
                    .partitions()
                    .add(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                            .setPartitionIndex(position.getPartition())
                            .setCommittedOffset(position.getOffset())
                            .setCommittedLeaderEpoch(position.hasLeaderEpoch() ? position.getLeaderEpoch() : NO_EPOCH)
                            .setCommittedMetadata(position.getMetadata()));
        }
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(commit.getMemberId())
                .setGenerationIdOrMemberEpoch(commit.getMemberId().isEmpty() ? NO_EPOCH : commit.getMemberEpoch())
                .setTopics(new ArrayList<>(topics.values()));
    }

    /** The positions that were not committed. */
    static GroupAnswer committed(String group, OffsetCommitResponseData response) {
        Positions.Builder failed = Positions.newBuilder();
        response.topics()
                .forEach(topic -> topic.partitions().stream()
                        .filter(partition -> partition.errorCode() != Errors.NONE.code())
                        .forEach(partition -> failed.addPositions(
                                failure(group, topic.name(), partition.partitionIndex(), partition.errorCode()))));
        return GroupAnswer.newBuilder().setPositions(failed).build();
    }

    private static Positions.Position failure(String group, String topic, int partition, short code) {
        return Positions.Position.newBuilder()
                .setAt(PartitionOffset.newBuilder().setTopic(topic).setPartition(partition))
                .setError(KafkaErrors.of(group, code, null).toError())
                .build();
    }

    static OffsetFetchRequestData.OffsetFetchRequestGroup fetch(String group, FetchPositions fetch) {
        OffsetFetchRequestData.OffsetFetchRequestGroup request =
                new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId(group);
        return fetch.getPartitionsCount() == 0
                ? request.setTopics(null)
                : request.setTopics(byTopic(fetch.getPartitionsList()).entrySet().stream()
                        .map(topic -> new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                .setName(topic.getKey())
                                .setPartitionIndexes(topic.getValue()))
                        .toList());
    }

    /** Those that have a position. */
    static GroupAnswer fetched(String group, OffsetFetchResponseData.OffsetFetchResponseGroup response) {
        if (response.errorCode() != Errors.NONE.code()) {
            return GroupAnswer.newBuilder()
                    .setError(KafkaErrors.of(group, response.errorCode(), null).toError())
                    .build();
        }
        Positions.Builder found = Positions.newBuilder();
        response.topics()
                .forEach(topic -> topic.partitions().stream()
                        .filter(partition ->
                                partition.committedOffset() >= 0 || partition.errorCode() != Errors.NONE.code())
                        .forEach(partition -> found.addPositions(
                                partition.errorCode() == Errors.NONE.code()
                                        ? Positions.Position.newBuilder()
                                                .setAt(position(topic.name(), partition))
                                                .build()
                                        : failure(
                                                group,
                                                topic.name(),
                                                partition.partitionIndex(),
                                                partition.errorCode()))));
        return GroupAnswer.newBuilder().setPositions(found).build();
    }

    private static PartitionOffset.Builder position(
            String topic, OffsetFetchResponseData.OffsetFetchResponsePartitions partition) {
        PartitionOffset.Builder at = PartitionOffset.newBuilder()
                .setTopic(topic)
                .setPartition(partition.partitionIndex())
                .setOffset(partition.committedOffset())
                .setMetadata(partition.metadata() == null ? "" : partition.metadata());
        if (partition.committedLeaderEpoch() >= 0) {
            at.setLeaderEpoch(partition.committedLeaderEpoch());
        }
        return at;
    }

    private static Map<String, List<Integer>> byTopic(List<TopicPartition> partitions) {
        Map<String, List<Integer>> byTopic = new LinkedHashMap<>();
        partitions.forEach(partition -> byTopic.computeIfAbsent(partition.getTopic(), name -> new ArrayList<>())
                .add(partition.getPartition()));
        return byTopic;
    }
}
