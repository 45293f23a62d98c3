package io.flotilla.broker.grpc;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListOffsetsResponse;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks positions up on the leader of a partition: here, or one hop away. Safe for use by any thread. */
final class OffsetLookup {
    private static final int TIMEOUT_MS = 10_000;

    private final Routing routing;
    private final BrokerChannels channels;

    OffsetLookup(Routing routing, BrokerChannels channels) {
        this.routing = routing;
        this.channels = channels;
    }

    CompletableFuture<Found> find(Topic topic, PartitionId id, Position position, boolean mayForward) {
        Optional<Partition> here = routing.ledHere(id);
        if (here.isPresent()) {
            try {
                return CompletableFuture.completedFuture(Positions.find(here.get(), position));
            } catch (LogException | RuntimeException e) {
                return CompletableFuture.failedFuture(Errors.of(e));
            }
        }
        Optional<LeaderHint> leader = mayForward ? routing.leaderElsewhere(id) : Optional.empty();
        return leader.isPresent()
                ? ask(leader.get(), topic, id, position)
                : CompletableFuture.failedFuture(routing.notLeader(id));
    }

    private CompletableFuture<Found> ask(LeaderHint leader, Topic topic, PartitionId id, Position position) {
        ListOffsetsRequest request = ListOffsetsRequest.newBuilder()
                .addQueries(ListOffsetsRequest.Query.newBuilder()
                        .setTopic(topic.name())
                        .setPartition(id.partition())
                        .setTopicId(MetadataViews.id(topic))
                        .setPosition(position))
                .build();
        return future(ConsumeServiceGrpc.newFutureStub(channels.to(leader.getEndpoint(), BrokerChannels.Use.CALLS))
                        .withDeadlineAfter(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .listOffsets(request))
                .thenApply(ListOffsetsResponse::getResultsList)
                .thenApply(results -> {
                    ListOffsetsResponse.Result result = results.get(0);
                    if (result.hasError()) {
                        throw FlotillaException.fromError(result.getError());
                    }
                    return result.getFound();
                });
    }

    static <T> CompletableFuture<T> future(ListenableFuture<T> call) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Futures.addCallback(
                call,
                new FutureCallback<>() {
                    @Override
                    public void onSuccess(@Nullable T result) {
                        future.complete(result);
                    }

                    @Override
                    public void onFailure(Throwable error) {
                        future.completeExceptionally(error);
                    }
                },
                MoreExecutors.directExecutor());
        return future;
    }
}
