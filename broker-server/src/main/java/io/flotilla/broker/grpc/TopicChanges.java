package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.TopicCommand;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.placement.Placement;
import io.flotilla.metadata.placement.ReplicaPlacer;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.UpdateTopicRequest;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Changes topics that exist: their settings, and how many partitions they have. */
final class TopicChanges {
    private final Routing routing;
    private final Supplier<MetadataQuorum> quorum;
    private final TopicAdmin topics;
    private final RandomGenerator random;

    /** @param quorum throws the API's error while the metadata cannot be used */
    TopicChanges(Routing routing, Supplier<MetadataQuorum> quorum, TopicAdmin topics, RandomGenerator random) {
        this.routing = routing;
        this.quorum = quorum;
        this.topics = topics;
        this.random = random;
    }

    CompletableFuture<Topic> update(UpdateTopicRequest request) {
        ConfigChange change =
                new ConfigChange(new Configs(request.getSetConfigsMap()), new HashSet<>(request.getUnsetConfigsList()));
        if (change.set().entries().isEmpty() && change.unset().isEmpty()) {
            throw Errors.invalid("nothing is to be set or unset; name at least one setting");
        }
        MetadataQuorum metadata = quorum.get();
        return metadata.catchUp().thenCompose(caughtUp -> {
            Topic topic = routing.topic(request.getName(), request.getTopicId());
            return propose(
                    metadata, new TopicCommand.UpdateTopicConfigs(topic.id(), change), request.getValidateOnly());
        });
    }

    CompletableFuture<Topic> addPartitions(AddPartitionsRequest request) {
        MetadataQuorum metadata = quorum.get();
        long deadline = topics.deadline(request.getTimeoutMs());
        return metadata.catchUp().thenCompose(caughtUp -> {
            Topic topic = routing.ownTopic(request.getTopic(), request.getTopicId());
            TopicCommand command = decide(topic, request.getPartitionCount(), metadata.image());
            CompletableFuture<Topic> changed = propose(metadata, command, request.getValidateOnly());
            return request.getValidateOnly() ? changed : changed.thenCompose(grown -> topics.whenLed(grown, deadline));
        });
    }

    private TopicCommand decide(Topic topic, int wanted, MetadataImage image) {
        int present = topic.partitions().size();
        if (wanted <= present) {
            throw Errors.invalid("topic '%s' has %d partitions and is to have %d; partitions can only be added"
                    .formatted(topic.name(), present, wanted));
        }
        Topic.partitionCountProblem(wanted).ifPresent(problem -> {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_REPLICATION, problem);
        });
        Placement placement =
                ReplicaPlacer.place(image, wanted - present, topic.replicationFactor(), random.nextLong());
        if (placement instanceof Placement.Refused refused) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_REPLICATION, refused.message());
        }
        return new TopicCommand.AddPartitions(topic.id(), present, ((Placement.Placed) placement).assignments());
    }

    /** The topic after the command, which only counts as made unless {@code validateOnly}. */
    private CompletableFuture<Topic> propose(MetadataQuorum metadata, TopicCommand command, boolean validateOnly) {
        MetadataImage image = metadata.image();
        MetadataResult expected = command.applyTo(image);
        if (expected instanceof MetadataResult.Refused refused) {
            throw Errors.of(refused);
        }
        if (validateOnly) {
            MetadataImage after = ((MetadataResult.Applied) expected).image();
            return CompletableFuture.completedFuture(TopicAdmin.topic(after, command.topicId()));
        }
        return metadata.propose(command, TopicAdmin.PATIENCE).thenApply(result -> {
            if (result instanceof MetadataResult.Refused refused) {
                throw Errors.of(refused);
            }
            return TopicAdmin.topic(routing.image(), command.topicId());
        });
    }
}
