package io.flotilla.broker.control;

import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.SegmentSettings;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.config.TopicConfig;
import io.flotilla.raft.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings this broker's replicas in line with the metadata: makes those that are assigned to it, tells them the settings of
 * their topic that logs go by, deletes those whose topic was deleted. On the control loop; opening and deleting go on by
 * themselves.
 *
 * <p>A replica is deleted only if the metadata is at least as new as its topic and does not know the topic: then the
 * deletion was agreed. Metadata that is behind, or of another cluster, deletes nothing.
 */
public final class Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final int nodeId;
    private final DataDirectory directory;
    private final PartitionTable table;
    private final Replicas replicas;

    public Reconciler(int nodeId, DataDirectory directory, PartitionTable table, Replicas replicas) {
        this.nodeId = nodeId;
        this.directory = directory;
        this.table = table;
        this.replicas = replicas;
    }

    /** Opens what has files here, before the metadata is known. */
    public void openExisting() throws IOException {
        for (ReplicaDescription description : directory.replicas()) {
            var unused = replicas.open(description);
        }
    }

    /** Acts on the difference between {@code image} and what is here. */
    public void reconcile(MetadataImage image) {
        Optional<RegisteredBroker> self = image.brokers().find(nodeId);
        if (!image.clusterId().equals(directory.identity().clusterId())
                || self.filter(this::isOfThisDirectory).isEmpty()) {
            return; // not, or not yet, a broker of this cluster
        }
        for (Topic topic : image.topics().all()) {
            SegmentSettings segments = segments(image.configOf(topic));
            for (int partition = 0; partition < topic.partitions().size(); partition++) {
                PartitionId id = new PartitionId(topic.id(), partition);
                if (topic.partitions().get(partition).isOn(nodeId)) {
                    if (table.find(id).isEmpty()) {
                        make(image, self.get(), topic, id);
                    } else {
                        replicas.divide(id, segments);
                    }
                }
            }
        }
        for (Replica replica : table.all()) {
            if (image.topics().find(replica.id().topic()).isEmpty()) {
                deleteIfAgreed(image, replica);
            }
        }
    }

    /** Else it is that of a disk that was replaced, and says nothing about what may be missing here. */
    private boolean isOfThisDirectory(RegisteredBroker self) {
        return self.registration().directoryId().equals(directory.identity().directoryId());
    }

    private void make(MetadataImage image, RegisteredBroker self, Topic topic, PartitionId id) {
        String name = topic.name() + "/" + id.partition();
        List<Peer> peers = new ArrayList<>();
        PartitionAssignment assignment = topic.partitions().get(id.partition());
        for (int broker : assignment.replicas()) {
            Optional<RegisteredBroker> registered = image.brokers().find(broker);
            if (registered.isEmpty()) {
                log.error("replica cannot be made, broker {} is not registered partition={}", broker, name);
                return;
            }
            peers.add(registered.get().registration().peer());
        }
        log.info("making replica partition={} replicas={}", name, assignment.replicas());
        ReplicaDescription description = new ReplicaDescription(
                id, name, topic.createdVersion(), peers, MemberPhase.NEW, segments(image.configOf(topic)));
        var unused = replicas.create(description, self.mayStartEmpty(topic, id.partition()));
    }

    private static SegmentSettings segments(TopicConfig config) {
        // A segment is compacted once it has ended, so with a largest lag it has to end by then.
        long segmentMs = config.cleanupPolicy().compacts()
                ? Math.min(config.segmentMs(), config.compaction().maxLagMs())
                : config.segmentMs();
        return new SegmentSettings(Math.toIntExact(config.segmentBytes()), segmentMs, config.indexIntervalBytes());
    }

    private void deleteIfAgreed(MetadataImage image, Replica replica) {
        try {
            ReplicaDescription description = directory.replica(replica.id()).describe();
            if (image.version() >= description.topicVersion()) {
                log.info("deleting replica, its topic was deleted partition={}", replica.name());
                var unused = replicas.delete(replica.id()).whenComplete((done, error) -> {
                    if (error != null) {
                        log.warn("replica could not be deleted; the next start tries again", error);
                    }
                });
            }
        } catch (IOException e) {
            log.warn("replica is left alone, its description cannot be read partition={}", replica.name(), e);
        }
    }
}
