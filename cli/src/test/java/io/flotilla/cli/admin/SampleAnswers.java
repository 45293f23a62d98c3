package io.flotilla.cli.admin;

import com.google.protobuf.ByteString;
import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.v1.Broker;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ClusterMetadata;
import io.flotilla.v1.Error;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.GetTopicResponse;
import io.flotilla.v1.InternalEndpoint;
import io.flotilla.v1.ListOffsetsResponse;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.Replica;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TruncateTopicResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One answer of every kind about the cluster, with every field set. */
final class SampleAnswers {
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(1_800_000_100_000L);
    private static final Topic WEB = Topic.newBuilder()
            .setName("web")
            .setTopicId(ByteString.copyFrom(new byte[16]))
            .setPartitionCount(2)
            .setReplicationFactor(3)
            .putConfigs("segment.ms", "60000")
            .setCreateTimeMs(1_800_000_000_000L)
            .build();
    private static final Error LEADERLESS = Error.newBuilder()
            .setCode(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE)
            .setMessage("web/1 has no leader right now")
            .setRetriable(true)
            .build();
    private static final PartitionDescription LED = PartitionDescription.newBuilder()
            .setLeaderId(1)
            .setLeaderEpoch(4)
            .setLogStartOffset(10)
            .setHighWatermark(90)
            .setLogEndOffset(91)
            .setSizeBytes(4096)
            .addReplicas(Replica.newBuilder()
                    .setBrokerId(1)
                    .setState(State.STATE_LEADER)
                    .setMatchIndex(77)
                    .setLagEntries(0)
                    .setSizeBytes(4096))
            .addReplicas(Replica.newBuilder()
                    .setBrokerId(2)
                    .setState(State.STATE_REBUILDING)
                    .setMatchIndex(70)
                    .setLastContactMs(12)
                    .setLagEntries(7)
                    .setRebuildPercent(90)
                    .setReason("its files were lost"))
            .build();
    private static final PartitionDescription UNLED = PartitionDescription.newBuilder()
            .setPartition(1)
            .setLeaderId(-1)
            .setLeaderEpoch(-1)
            .setError(LEADERLESS)
            .build();
    private static final Broker BROKER = Broker.newBuilder()
            .setEndpoint(BrokerEndpoint.newBuilder()
                    .setBrokerId(1)
                    .setHost("10.0.0.1")
                    .setPort(7400)
                    .setRack("a"))
            .setState(Broker.State.STATE_RUNNING)
            .setVersion("0.1.0")
            .setLeaderCount(2)
            .setReplicaCount(3)
            .setStartTimeMs(1_800_000_000_000L)
            .setMetadataVoter(true)
            .setMetadataLeader(true)
            .setRaft(InternalEndpoint.newBuilder().setHost("10.0.0.1").setPort(7401))
            .setHttpPort(7402)
            .build();

    private SampleAnswers() {}

    static Map<String, Answer> all() {
        Map<String, Answer> answers = new TreeMap<>();
        answers.put("topic-list", TopicList.answer(List.of(WEB), CLOCK));
        answers.put(
                "topic-describe",
                TopicDescribe.answer(
                        GetTopicResponse.newBuilder()
                                .setTopic(WEB)
                                .addPartitions(LED)
                                .addPartitions(UNLED)
                                .build(),
                        CLOCK));
        answers.put("topic-alter", Answer.of("Topic", List.of(ProtoValue.of(WEB)), TopicRows.summary(CLOCK)));
        answers.put("topic-offsets", offsets());
        answers.put("topic-trim", new TrimPlan("web", trimmed()).answer("TopicTrim"));
        answers.put("broker-list", BrokerList.answer(List.of(BROKER), CLOCK));
        answers.put(
                "cluster-info",
                ClusterInfo.answer(
                        ClusterMetadata.newBuilder()
                                .setClusterId("c1")
                                .setControllerId(1)
                                .build(),
                        List.of(BROKER),
                        CLOCK));
        answers.put("cluster-health", HealthCard.answer(health()));
        answers.put(
                "partition-list",
                PartitionList.answer(List.of(PartitionRows.value("web", LED), PartitionRows.value("web", UNLED))));
        answers.put("partition-describe", PartitionDescribe.answer("web", LED));
        return answers;
    }

    private static Answer offsets() {
        return OffsetRows.answer(
                List.of(found(0, 10, 5), failed()),
                List.of(found(0, 90, 0), failed()),
                List.of(found(0, 42, 6), failed()));
    }

    private static ListOffsetsResponse.Result found(int partition, long offset, long timestampMs) {
        return ListOffsetsResponse.Result.newBuilder()
                .setTopic("web")
                .setPartition(partition)
                .setFound(
                        ListOffsetsResponse.Found.newBuilder().setOffset(offset).setTimestampMs(timestampMs))
                .build();
    }

    private static ListOffsetsResponse.Result failed() {
        return ListOffsetsResponse.Result.newBuilder()
                .setTopic("web")
                .setPartition(1)
                .setError(LEADERLESS)
                .build();
    }

    private static List<TruncateTopicResponse.Result> trimmed() {
        return List.of(
                TruncateTopicResponse.Result.newBuilder()
                        .setOldLogStartOffset(10)
                        .setLogStartOffset(40)
                        .build(),
                TruncateTopicResponse.Result.newBuilder()
                        .setPartition(1)
                        .setError(LEADERLESS)
                        .build());
    }

    private static GetClusterHealthResponse health() {
        return GetClusterHealthResponse.newBuilder()
                .addReasons(GetClusterHealthResponse.Reason.newBuilder()
                        .setCode("leaderless_partitions")
                        .setSummary("1 partition has no leader")
                        .setCount(1)
                        .addItems("web/1"))
                .addNextSteps("flotilla partition describe web/1")
                .setBrokerCount(3)
                .setOnlineBrokerCount(2)
                .setPartitionCount(2)
                .build();
    }
}
