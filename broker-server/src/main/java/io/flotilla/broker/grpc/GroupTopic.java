package io.flotilla.broker.grpc;

import io.flotilla.broker.group.OffsetsTopic;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.ReplicationFactor;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Topic;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Creates the topic that holds groups when the first of them is needed; once for all who ask at the same time. Safe for use
 * by any thread.
 */
final class GroupTopic {
    private final Routing routing;
    private final TopicAdmin topics;
    private final IntSupplier voters;
    private final int partitions;
    private CompletableFuture<Void> creating = CompletableFuture.completedFuture(null); // guarded by this

    /** @param voters how many brokers the cluster was begun with */
    GroupTopic(Routing routing, TopicAdmin topics, IntSupplier voters, int partitions) {
        this.routing = routing;
        this.topics = topics;
        this.voters = voters;
        this.partitions = partitions;
    }

    /** Completes when the topic is there; fails with the API's error if it cannot be made now. */
    CompletableFuture<Void> ensure() {
        if (exists()) {
            return CompletableFuture.completedFuture(null);
        }
        synchronized (this) {
            if (creating.isDone() && !exists()) {
                creating = create();
            }
            return creating.copy();
        }
    }

    private boolean exists() {
        return routing.imageSoFar().topics().find(OffsetsTopic.NAME).isPresent();
    }

    private CompletableFuture<Void> create() {
        try {
            int factor = ReplicationFactor.defaultFor(routing.image());
            if (factor < Math.min(3, voters.getAsInt())) {
                return CompletableFuture.failedFuture(FlotillaException.of(
                        ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                        "too few brokers are up to keep groups safely; start the others and try again"));
            }
            return topics.create(CreateTopicRequest.newBuilder()
                            .setTopic(Topic.newBuilder()
                                    .setName(OffsetsTopic.NAME)
                                    .setPartitionCount(partitions)
                                    .setReplicationFactor(factor)
                                    .putAllConfigs(OffsetsTopic.SETTINGS))
                            .build())
                    .<Void>thenApply(created -> null)
                    .exceptionallyCompose(error -> Errors.of(error).code() == ErrorCode.ERROR_CODE_ALREADY_EXISTS
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(Errors.of(error)));
        } catch (FlotillaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
