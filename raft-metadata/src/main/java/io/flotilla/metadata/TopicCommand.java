package io.flotilla.metadata;

import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import java.util.List;
import java.util.Optional;

/** Changes to the set of topics. */
public sealed interface TopicCommand extends MetadataCommand {
    TopicId topicId();

    /**
     * Creates a topic; refused if its name is taken.
     *
     * @param topicId new, also if a topic of this name existed before
     * @param assignments by partition number, from 0
     * @param createdAtMs the leader's clock, milliseconds since 1970
     */
    record CreateTopic(
            TopicId topicId, String name, List<PartitionAssignment> assignments, Configs configs, long createdAtMs)
            implements TopicCommand {
        public CreateTopic {
            assignments = List.copyOf(assignments);
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return refusal(Code.INVALID_TOPIC_NAME, TopicName.problem(name))
                    .or(() -> refusal(Code.EXISTS, taken(image)))
                    .or(() -> refusal(Code.INVALID_REPLICATION, AssignmentRules.problem(assignments, image.brokers())))
                    .or(() -> refusal(Code.INVALID_CONFIG, configs.problem(image.featureLevel())))
                    .orElseGet(() -> new Applied(image.withTopics(image.topics().with(topicAt(image.version())))));
        }

        private Topic topicAt(long version) {
            return new Topic(topicId, name, createdAtMs, version, configs, assignments);
        }

        private Optional<String> taken(MetadataImage image) {
            return image.topics()
                    .find(name)
                    .map(topic -> "topic %s exists, with id %s; choose another name or delete it first"
                            .formatted(name, topic.id()))
                    .or(() -> image.topics()
                            .find(topicId)
                            .map(topic -> "topic id %s is that of topic %s; choose a new id for %s"
                                    .formatted(topicId, topic.name(), name)));
        }
    }

    /** Deletes a topic and with it all its records. */
    record DeleteTopic(TopicId topicId) implements TopicCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return image.topics()
                    .find(topicId)
                    .<MetadataResult>map(
                            topic -> new Applied(image.withTopics(image.topics().without(topic))))
                    .orElseGet(() -> notFound(topicId));
        }
    }

    /** Changes what is set for one topic. */
    record UpdateTopicConfigs(TopicId topicId, ConfigChange change) implements TopicCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            Optional<Topic> topic = image.topics().find(topicId);
            if (topic.isEmpty()) {
                return notFound(topicId);
            }
            Topic old = topic.get();
            return refusal(Code.INVALID_CONFIG, change.problem(image.featureLevel()))
                    .orElseGet(() -> new Applied(
                            image.withTopics(image.topics().with(old.withConfigs(change.applyTo(old.configs()))))));
        }
    }

    /**
     * Adds partitions behind those that a topic has. Refused if it has another number by now: who proposed it chose the
     * brokers for other partitions.
     *
     * @param from number of the first new partition: how many the topic has
     * @param assignments of the new ones, in the order of their numbers
     */
    record AddPartitions(TopicId topicId, int from, List<PartitionAssignment> assignments) implements TopicCommand {
        public AddPartitions {
            assignments = List.copyOf(assignments);
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            Optional<Topic> topic = image.topics().find(topicId);
            if (topic.isEmpty()) {
                return notFound(topicId);
            }
            Topic old = topic.get();
            if (old.partitions().size() != from) {
                return new Refused(
                        Code.CONFLICT,
                        "topic %s has %d partitions, not %d; look at it again and decide anew"
                                .formatted(old.name(), old.partitions().size(), from));
            }
            return refusal(Code.INVALID_REPLICATION, AssignmentRules.problem(old, assignments, image.brokers()))
                    .orElseGet(() ->
                            new Applied(image.withTopics(image.topics().with(old.with(assignments, image.version())))));
        }
    }

    private static Optional<MetadataResult> refusal(Code code, Optional<String> problem) {
        return problem.map(message -> new Refused(code, message));
    }

    private static MetadataResult notFound(TopicId id) {
        return new Refused(
                Code.NOT_FOUND,
                "no topic has id %s; it was deleted, a new one of its name has another id".formatted(id));
    }
}
