package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import io.flotilla.v1.TopicPartition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds out where the partitions of a Consume call start and stop, and opens their sources; while a partition has no
 * leader, again and again for a while.
 */
final class CursorStarts {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Routing routing;
    private final Sources sources;
    private final OffsetLookup lookup;
    private final LongSupplier nanoClock;

    CursorStarts(Routing routing, Sources sources, OffsetLookup lookup, LongSupplier nanoClock) {
        this.routing = routing;
        this.sources = sources;
        this.lookup = lookup;
        this.nanoClock = nanoClock;
    }

    CompletableFuture<PartitionCursor> start(
            PartitionStart request, OffsetReset reset, boolean mayForward, Serial serial) {
        return start(request, reset, mayForward, serial, nanoClock.getAsLong() + PATIENCE.toNanos());
    }

    private CompletableFuture<PartitionCursor> start(
            PartitionStart request, OffsetReset reset, boolean mayForward, Serial serial, long deadlineNanos) {
        return attempt(request, reset, mayForward, serial).exceptionallyCompose(error -> {
            FlotillaException refusal = Errors.of(error);
            if (!mayForward || !isMoved(refusal) || nanoClock.getAsLong() > deadlineNanos) {
                return CompletableFuture.failedFuture(refusal);
            }
            return CompletableFuture.supplyAsync(
                            () -> request, CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS))
                    .thenCompose(again -> start(again, reset, mayForward, serial, deadlineNanos));
        });
    }

    private CompletableFuture<PartitionCursor> attempt(
            PartitionStart request, OffsetReset reset, boolean mayForward, Serial serial) {
        try {
            Topic topic = routing.topic(request.getTopic(), request.getTopicId());
            PartitionId id = routing.partition(topic, request.getPartition());
            TopicPartition name = TopicPartition.newBuilder()
                    .setTopic(request.getTopic())
                    .setPartition(request.getPartition())
                    .build();
            requireEpoch(request, id);
            CompletableFuture<Long> until = request.hasUntil()
                    ? lookup.find(topic, id, request.getUntil(), mayForward).thenApply(Found::getOffset)
                    : CompletableFuture.completedFuture(Long.MAX_VALUE);
            return from(topic, id, request.getFrom(), reset, mayForward)
                    .thenCombine(
                            until,
                            (from, stop) -> new PartitionCursor(
                                    name,
                                    MetadataViews.id(topic),
                                    from.getLeaderEpoch(),
                                    from.getOffset(),
                                    stop,
                                    sources.open(topic, id, mayForward, serial)));
        } catch (RuntimeException | LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void requireEpoch(PartitionStart request, PartitionId id) {
        if (request.getEpoch().hasCurrentLeaderEpoch()) {
            routing.ledHere(id)
                    .ifPresent(here ->
                            routing.requireEpoch(here, request.getEpoch().getCurrentLeaderEpoch()));
        }
    }

    private CompletableFuture<Found> from(
            Topic topic, PartitionId id, Position from, OffsetReset reset, boolean mayForward) throws LogException {
        Optional<Partition> here = routing.ledHere(id);
        if (here.isPresent()) {
            return CompletableFuture.completedFuture(Found.newBuilder()
                    .setOffset(Positions.resolve(here.get(), from, reset))
                    .setLeaderEpoch((int) here.get().leadership().term())
                    .build());
        }
        return lookup.find(topic, id, from, mayForward).exceptionallyCompose(error -> {
            FlotillaException refusal = Errors.of(error);
            String fallback = switch (reset) {
                case OFFSET_RESET_START -> refusal.metadata().get("log_start_offset");
                case OFFSET_RESET_END -> refusal.metadata().get("high_watermark");
                default -> null;
            };
            return fallback == null
                    ? CompletableFuture.failedFuture(refusal)
                    : CompletableFuture.completedFuture(Found.newBuilder()
                            .setOffset(Long.parseLong(fallback))
                            .build());
        });
    }

    /** Whether the partition is, or will soon be, led by another broker. */
    static boolean isMoved(FlotillaException error) {
        return switch (error.code()) {
            case ERROR_CODE_NOT_LEADER,
                    ERROR_CODE_LEADER_UNAVAILABLE,
                    ERROR_CODE_NO_QUORUM,
                    ERROR_CODE_DRAINING,
                    ERROR_CODE_TIMED_OUT -> true;
            default -> false;
        };
    }
}
