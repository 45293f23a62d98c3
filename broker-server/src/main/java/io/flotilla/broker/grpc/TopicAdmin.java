package io.flotilla.broker.grpc;

import io.flotilla.broker.config.TopicDefaults;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.ReplicationFactor;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.TopicCommand;
import io.flotilla.metadata.TopicId;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.placement.Placement;
import io.flotilla.metadata.placement.ReplicaPlacer;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.ErrorCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Creates and deletes topics: decides ids and placement, proposes, and waits until the result can be used. */
final class TopicAdmin {
    private static final int DEFAULT_TIMEOUT_MS = 30_000;
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final Routing routing;
    private final Supplier<MetadataQuorum> quorum;
    private final TopicDefaults defaults;
    private final InstantSource clock;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;

    /** @param quorum throws the API's error while the metadata cannot be used */
    TopicAdmin(
            Routing routing,
            Supplier<MetadataQuorum> quorum,
            TopicDefaults defaults,
            InstantSource clock,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.routing = routing;
        this.quorum = quorum;
        this.defaults = defaults;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.random = random;
    }

    /** Decides on what is agreed anywhere in the cluster, not on what this broker happens to have heard of. */
    CompletableFuture<Topic> create(CreateTopicRequest request) {
        MetadataQuorum metadata = quorum.get();
        return metadata.catchUp().thenCompose(caughtUp -> create(request, metadata));
    }

    private CompletableFuture<Topic> create(CreateTopicRequest request, MetadataQuorum metadata) {
        MetadataImage image = metadata.image();
        TopicCommand.CreateTopic command = decide(request.getTopic(), image);
        if (command.applyTo(image) instanceof MetadataResult.Refused refused) {
            throw Errors.of(refused);
        }
        if (request.getValidateOnly()) {
            return CompletableFuture.completedFuture(
                    topic(((MetadataResult.Applied) command.applyTo(image)).image(), command.topicId()));
        }
        long deadline = deadline(request.getTimeoutMs());
        return metadata.propose(command, PATIENCE).thenCompose(result -> {
            if (result instanceof MetadataResult.Refused refused) {
                throw Errors.of(refused);
            }
            return whenLed(topic(routing.image(), command.topicId()), deadline);
        });
    }

    /** Until when to wait for leaders. */
    long deadline(int timeoutMs) {
        return nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(timeoutMs <= 0 ? DEFAULT_TIMEOUT_MS : timeoutMs);
    }

    private TopicCommand.CreateTopic decide(io.flotilla.v1.Topic wanted, MetadataImage image) {
        int partitions = wanted.getPartitionCount() == 0 ? defaults.partitions() : wanted.getPartitionCount();
        int factor = wanted.getReplicationFactor() != 0
                ? wanted.getReplicationFactor()
                : defaults.replicationFactor() != 0
                        ? defaults.replicationFactor()
                        : ReplicationFactor.defaultFor(image);
        Placement placement = ReplicaPlacer.place(image, partitions, factor, random.nextLong());
        if (placement instanceof Placement.Refused refused) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_REPLICATION, refused.message());
        }
        return new TopicCommand.CreateTopic(
                TopicId.random(random),
                wanted.getName(),
                ((Placement.Placed) placement).assignments(),
                new Configs(wanted.getConfigsMap()),
                clock.millis());
    }

    static Topic topic(MetadataImage image, TopicId id) {
        return image.topics()
                .find(id)
                .orElseThrow(() -> FlotillaException.of(
                        ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION, "the topic was deleted meanwhile"));
    }

    /** Completes when every partition has a leader that is known here. */
    CompletableFuture<Topic> whenLed(Topic topic, long deadline) {
        int leaderless = 0;
        for (int partition = 0; partition < topic.partitions().size(); partition++) {
            if (routing.leader(new PartitionId(topic.id(), partition)).isEmpty()) {
                leaderless++;
            }
        }
        if (leaderless == 0) {
            return CompletableFuture.completedFuture(topic);
        }
        if (nanoClock.getAsLong() > deadline) {
            return CompletableFuture.failedFuture(FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_TIMED_OUT,
                    "topic '%s' is there, but %d of its %d partitions have no leader yet"
                            .formatted(
                                    topic.name(), leaderless, topic.partitions().size())));
        }
        return CompletableFuture.supplyAsync(
                        () -> topic, CompletableFuture.delayedExecutor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS))
                .thenCompose(again -> whenLed(again, deadline));
    }

    CompletableFuture<Void> delete(DeleteTopicRequest request) {
        MetadataQuorum metadata = quorum.get();
        return metadata.catchUp().thenCompose(caughtUp -> delete(request, metadata));
    }

    private CompletableFuture<Void> delete(DeleteTopicRequest request, MetadataQuorum metadata) {
        Topic topic = routing.ownTopic(request.getName(), request.getTopicId());
        if (request.getValidateOnly()) {
            return CompletableFuture.completedFuture(null);
        }
        return metadata.propose(new TopicCommand.DeleteTopic(topic.id()), PATIENCE)
                .thenAccept(result -> {
                    if (result instanceof MetadataResult.Refused refused) {
                        throw Errors.of(refused);
                    }
                });
    }
}
