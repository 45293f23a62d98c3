package io.flotilla.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.v1.Broker;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.Topic;
import org.junit.jupiter.api.Test;

/** Freezes the field names that scripts rely on. */
class ProtoValueTest {
    @Test
    void writesATopicWithItsDefaults() {
        Topic topic = Topic.newBuilder()
                .setName("web")
                .setTopicId(ByteString.copyFromUtf8("0123456789abcdef"))
                .setPartitionCount(6)
                .putConfigs("segment.bytes", "1048576")
                .setCreateTimeMs(1_000)
                .build();

        assertThat(Json.compact(ProtoValue.of(topic)))
                .isEqualTo("{\"name\":\"web\",\"topicId\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"partitionCount\":6,"
                        + "\"replicationFactor\":0,\"configs\":{\"segment.bytes\":\"1048576\"},"
                        + "\"createTime\":\"1970-01-01T00:00:01Z\",\"internal\":false}");
    }

    @Test
    void leavesOutWhatIsUnknownAndWritesLargeNumbersAsNumbers() {
        PartitionDescription partition = PartitionDescription.newBuilder()
                .setPartition(3)
                .setLeaderId(-1)
                .setHighWatermark(1L << 60)
                .build();

        assertThat(Json.compact(ProtoValue.of(partition)))
                .isEqualTo("{\"leaderId\":-1,\"leaderEpoch\":0,\"highWatermark\":1152921504606846976,"
                        + "\"replicas\":[],\"partition\":3}");
    }

    @Test
    void writesMessagesAndEnumsInside() {
        Broker broker = Broker.newBuilder()
                .setEndpoint(
                        BrokerEndpoint.newBuilder().setBrokerId(1).setHost("h").setPort(7400))
                .setState(Broker.State.STATE_RUNNING)
                .build();

        assertThat(Json.compact(ProtoValue.of(broker)))
                .isEqualTo("{\"endpoint\":{\"brokerId\":1,\"host\":\"h\",\"port\":7400,\"rack\":\"\",\"tls\":false},"
                        + "\"state\":\"STATE_RUNNING\",\"version\":\"\",\"leaderCount\":0,\"replicaCount\":0,"
                        + "\"metadataVoter\":false,\"metadataLeader\":false,\"httpPort\":0}");
    }

    @Test
    void writesHealthWithItsReasons() {
        GetClusterHealthResponse health = GetClusterHealthResponse.newBuilder()
                .addReasons(GetClusterHealthResponse.Reason.newBuilder()
                        .setCode("brokers_offline")
                        .setSummary("1 broker is down")
                        .setCount(1)
                        .addItems("3"))
                .addNextSteps("start broker 3")
                .setBrokerCount(3)
                .build();

        assertThat(Json.compact(ProtoValue.of(health)))
                .isEqualTo("{\"healthy\":false,\"reasons\":[{\"code\":\"brokers_offline\","
                        + "\"summary\":\"1 broker is down\",\"count\":1,\"items\":[\"3\"]}],"
                        + "\"nextSteps\":[\"start broker 3\"],\"brokerCount\":3,\"onlineBrokerCount\":0,"
                        + "\"partitionCount\":0}");
    }
}
