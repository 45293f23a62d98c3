package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.LeaderTable;
import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.TopicName;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds topics, partitions and their leaders; throws the API's error where there is none. Safe for any thread. */
final class Routing {
    private final int nodeId;
    private final Supplier<MetadataImage> image;
    private final PartitionTable table;
    private final LeaderTable leaders;

    Routing(int nodeId, Supplier<MetadataImage> image, PartitionTable table, LeaderTable leaders) {
        this.nodeId = nodeId;
        this.image = image;
        this.table = table;
        this.leaders = leaders;
    }

    int nodeId() {
        return nodeId;
    }

    /** The metadata; the error if it is not known yet, so that nobody takes it for a cluster without topics. */
    MetadataImage image() {
        MetadataImage known = image.get();
        if (!known.hasCluster()) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_NO_QUORUM,
                    "broker %d does not know the metadata yet: it has just started, or the metadata group has no leader"
                            .formatted(nodeId));
        }
        return known;
    }

    /** The same, empty if it is not known yet. */
    MetadataImage imageSoFar() {
        return image.get();
    }

    Topic topic(String name) {
        return image().topics().find(name).orElseThrow(() -> noTopic(name));
    }

    /** The error for a topic that does not exist; retrying helps only if it may exist one day. */
    static FlotillaException noTopic(String name) {
        return TopicName.problem(name)
                .map(problem -> FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME, problem))
                .orElseGet(() -> unknown("topic '%s' does not exist; create it or check the name".formatted(name)));
    }

    /** The same, if the client's id of the topic, when it has one, is the topic's. */
    Topic topic(String name, ByteString expectedId) {
        Topic topic = topic(name);
        if (!expectedId.isEmpty()
                && !expectedId.equals(ByteString.copyFrom(topic.id().toBytes()))) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH,
                    "topic '%s' was deleted and created again; refresh metadata and reset positions".formatted(name));
        }
        return topic;
    }

    /** The same, if clients may change it: what is the cluster's own, it alone writes to. */
    Topic ownTopic(String name, ByteString expectedId) {
        refuseInternal(name);
        return topic(name, expectedId);
    }

    static void refuseInternal(String name) {
        if (TopicName.isInternal(name)) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME,
                    "topic '%s' is the cluster's own, as are all whose names begin with __; choose another name"
                            .formatted(name));
        }
    }

    PartitionId partition(Topic topic, int partition) {
        if (partition < 0 || partition >= topic.partitions().size()) {
            throw unknown("topic '%s' has partitions 0 to %d, not %d"
                    .formatted(topic.name(), topic.partitions().size() - 1, partition));
        }
        return new PartitionId(topic.id(), partition);
    }

    private static FlotillaException unknown(String message) {
        return FlotillaException.of(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION, message);
    }

    /** This broker's replica, if it leads the partition. */
    Optional<Partition> ledHere(PartitionId id) {
        return table.serving(id).filter(partition -> partition.leadership().leads());
    }

    Optional<Lead> leader(PartitionId id) {
        return leaders.leaderOf(id);
    }

    /** Where the leader is, if it is another broker. */
    Optional<LeaderHint> leaderElsewhere(PartitionId id) {
        return leaders.leaderOf(id)
                .filter(lead -> lead.brokerId() != nodeId)
                .flatMap(lead -> endpoint(lead.brokerId())
                        .map(endpoint -> LeaderHint.newBuilder()
                                .setEndpoint(endpoint)
                                .setLeaderEpoch((int) lead.term())
                                .build()));
    }

    Optional<BrokerEndpoint> endpoint(int brokerId) {
        return image.get().brokers().find(brokerId).map(Routing::endpoint);
    }

    static BrokerEndpoint endpoint(RegisteredBroker broker) {
        return BrokerEndpoint.newBuilder()
                .setBrokerId(broker.id())
                .setHost(broker.client().host())
                .setPort(broker.client().port())
                .setRack(broker.rack())
                .build();
    }

    /** The error for a request that only the leader can serve, with the leader if one is known. */
    FlotillaException notLeader(PartitionId id) {
        String name = image.get().topics().nameOf(id);
        return leaderElsewhere(id)
                .map(hint -> FlotillaException.of(
                                ErrorCode.ERROR_CODE_NOT_LEADER,
                                "broker %d does not lead %s, broker %d does"
                                        .formatted(
                                                nodeId, name, hint.getEndpoint().getBrokerId()))
                        .withLeader(hint))
                .orElseGet(() -> FlotillaException.of(
                        ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                        "%s has no leader right now; an election is under way, or too few replicas are up"
                                .formatted(name)));
    }

    /** Refuses a request made with another leadership in mind than the present one. */
    void requireEpoch(Partition partition, int expected) {
        long term = partition.leadership().term();
        if (expected < term) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH,
                    "leader epoch %d is over, the present one is %d; refresh metadata".formatted(expected, term));
        }
        if (expected > term) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH,
                    "leader epoch %d is not known here yet, the latest is %d; try again".formatted(expected, term));
        }
    }
}
