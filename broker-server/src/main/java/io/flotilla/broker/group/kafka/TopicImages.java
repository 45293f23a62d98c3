package io.flotilla.broker.group.kafka;

import io.flotilla.metadata.Differences;
import io.flotilla.metadata.MetadataDelta;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.TopicId;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataProvenance;

/** The topics that groups may read, in the form in which Kafka's coordinator wants to know them. Owner: one thread. */
final class TopicImages {
    private MetadataImage known = MetadataImage.EMPTY;
    private org.apache.kafka.image.MetadataImage kafka = org.apache.kafka.image.MetadataImage.EMPTY;

    /** What changed, and what that gives. */
    record Update(org.apache.kafka.image.MetadataDelta delta, org.apache.kafka.image.MetadataImage image) {}

    static Uuid uuid(TopicId id) {
        return new Uuid(id.uuid().getMostSignificantBits(), id.uuid().getLeastSignificantBits());
    }

    static Uuid uuid(com.google.protobuf.ByteString topicId) {
        return uuid(TopicId.of(topicId.toByteArray()));
    }

    static TopicId topicId(Uuid uuid) {
        return new TopicId(new java.util.UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
    }

    Update update(MetadataImage image) {
        MetadataDelta changes = MetadataDelta.between(known, image);
        var delta = new org.apache.kafka.image.MetadataDelta.Builder()
                .setImage(kafka)
                .build();
        changes.brokers().added().forEach(broker -> delta.replay(broker(broker)));
        Differences<Topic> topics = changes.topics();
        topics.removed().forEach(topic -> delta.replay(new RemoveTopicRecord().setTopicId(uuid(topic.id()))));
        topics.added().forEach(topic -> {
            delta.replay(new TopicRecord().setName(topic.name()).setTopicId(uuid(topic.id())));
            addPartitions(delta, topic, 0);
        });
        topics.changed()
                .forEach(change -> addPartitions(
                        delta, change.after(), change.before().partitions().size()));
        kafka = delta.apply(new MetadataProvenance(Math.max(0, image.version()), 1, 0, true));
        known = image;
        return new Update(delta, kafka);
    }

    private static RegisterBrokerRecord broker(RegisteredBroker broker) {
        return new RegisterBrokerRecord()
                .setBrokerId(broker.id())
                .setRack(broker.rack().isEmpty() ? null : broker.rack())
                .setFenced(false);
    }

    private static void addPartitions(org.apache.kafka.image.MetadataDelta delta, Topic topic, int from) {
        for (int number = from; number < topic.partitions().size(); number++) {
            PartitionAssignment assignment = topic.partitions().get(number);
            List<Integer> replicas = assignment.replicas();
            delta.replay(new PartitionRecord()
                    .setTopicId(uuid(topic.id()))
                    .setPartitionId(number)
                    .setReplicas(replicas)
                    .setIsr(replicas)
                    .setLeader(replicas.get(0)));
        }
    }
}
