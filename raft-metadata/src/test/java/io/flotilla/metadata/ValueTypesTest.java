package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.RegisteredBroker.State;
import io.flotilla.metadata.config.Configs;
import io.flotilla.raft.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypesTest {
    @Test
    void writesAnEndpointAsPeopleDialIt() {
        assertThat(new Endpoint("broker-1.example", 7400)).hasToString("broker-1.example:7400");
        assertThat(new Endpoint("::1", 7400)).hasToString("[::1]:7400");
    }

    @Test
    void refusesEndpointsThatCannotBeDialled() {
        assertThatThrownBy(() -> new Endpoint("", 1)).hasMessage("host is ''; must have 1 to 255 characters");
        assertThatThrownBy(() -> new Endpoint("a".repeat(256), 1)).hasMessageContaining("must have 1 to 255");
        assertThatThrownBy(() -> new Endpoint("a", 0)).hasMessage("port of a is 0; must be 1 to 65535");
        assertThatThrownBy(() -> new Endpoint("a", 65536)).hasMessage("port of a is 65536; must be 1 to 65535");
    }

    @Test
    void letsABrokerDoWithoutHttp() {
        Endpoint somewhere = new Endpoint("a", 1);

        assertThat(new BrokerEndpoints(somewhere, somewhere, BrokerEndpoints.NO_HTTP).httpPort())
                .isZero();
        assertThatThrownBy(() -> new BrokerEndpoints(somewhere, somewhere, -1))
                .hasMessage("http port is -1; must be 0 (none) to 65535");
    }

    @Test
    void tellsRaftWhereABrokerIs() {
        assertThat(TestImages.broker(4, "a").peer()).isEqualTo(new Peer(4, "host-4", 7401));
    }

    @Test
    void refusesRegistrationsThatNoBrokerCanMean() {
        BrokerRegistration good = TestImages.broker(1, "a");

        assertThatThrownBy(() -> TestImages.broker(-1, "a")).hasMessage("broker id is -1; must be 0 or more");
        assertThatThrownBy(() -> TestImages.broker(1, "r".repeat(256)))
                .hasMessage("rack and version of broker 1 have 256 and 5 characters; at most 255 each are allowed");
        assertThatThrownBy(() -> new BrokerRegistration(
                        1, good.incarnation(), good.directoryId(), good.endpoints(), "a", "0.1.0", 0, 1L))
                .hasMessage("feature level of broker 1 is 0; must be 1 or more");
    }

    @ParameterizedTest
    @CsvSource({"false, false, ACTIVE", "true, false, DRAINING", "false, true, FENCED", "true, true, FENCED"})
    void sumsUpTheMarksOfABroker(boolean draining, boolean fenced, State state) {
        RegisteredBroker broker = new RegisteredBroker(TestImages.broker(1, "a"), 0, draining, fenced);

        assertThat(broker.state()).isEqualTo(state);
        assertThat(broker.live()).isEqualTo(!fenced);
        assertThat(broker.client()).hasToString("host-1:7400");
    }

    @Test
    void keepsReplicasInOrderOfPreference() {
        PartitionAssignment assignment = PartitionAssignment.on(3, 1, 2);

        assertThat(assignment.preferredLeader()).isEqualTo(3);
        assertThat(assignment.replicas()).containsExactly(3, 1, 2);
        assertThat(assignment.isOn(2)).isTrue();
        assertThat(assignment.isOn(4)).isFalse();
    }

    @Test
    void refusesAnAssignmentToNobodyOrTwiceToOne() {
        assertThatThrownBy(PartitionAssignment::on).hasMessageContaining("name at least one broker, and none twice");
        assertThatThrownBy(() -> PartitionAssignment.on(1, 2, 1))
                .hasMessage("replicas are on brokers [1, 2, 1]; name at least one broker, and none twice");
    }

    @Test
    void refusesATopicWithoutPartitions() {
        assertThatThrownBy(() -> new Topic(TestImages.topicId(1), "orders", 0, 0, Configs.NONE, List.of()))
                .hasMessage("topic orders: number of partitions is 0; must be 1 to 10000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void allowsOddReplicationFactorsUpToFive(int replicationFactor) {
        assertThat(ReplicationFactor.problem(replicationFactor)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, 6, 7})
    void refusesOtherReplicationFactorsAndSaysWhy(int replicationFactor) {
        assertThat(ReplicationFactor.problem(replicationFactor))
                .hasValue("replication factor is %d; must be 1, 3 or 5: a majority of an even number survives no more"
                        .formatted(replicationFactor));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 3", "9, 3"})
    void replicatesThreeTimesByDefaultOnceThereAreThreeBrokers(int brokers, int replicationFactor) {
        assertThat(ReplicationFactor.defaultFor(TestImages.withBrokers(brokers)))
                .isEqualTo(replicationFactor);
    }

    @Test
    void countsOnlyActiveBrokersForTheDefaultReplicationFactor() {
        MetadataImage image = TestImages.applied(TestImages.withBrokers(3), new BrokerCommand.DrainBroker(2));

        assertThat(ReplicationFactor.defaultFor(image)).isEqualTo(1);
    }
}
