package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.ProposeResult;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.TruncateTopicRequest.Cut;
import io.flotilla.v1.TruncateTopicResponse;
import io.flotilla.v1.TruncateTopicResponse.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Moves the starts of logs forward, each by its partition's leader: here, or one hop away. Safe for use by any thread. */
final class TopicTrim {
    private static final int TIMEOUT_MS = 10_000;

    private final Routing routing;
    private final BrokerChannels channels;

    TopicTrim(Routing routing, BrokerChannels channels) {
        this.routing = routing;
        this.channels = channels;
    }

    CompletableFuture<TruncateTopicResponse> trim(TruncateTopicRequest request, boolean mayForward) {
        Topic topic = routing.ownTopic(request.getTopic(), request.getTopicId());
        requireSensible(request);
        List<CompletableFuture<Result>> results = new ArrayList<>();
        for (Cut cut : request.getCutsList()) {
            PartitionId id = routing.partition(topic, cut.getPartition());
            results.add(begin(topic, id, cut, request.getValidateOnly(), mayForward)
                    .exceptionally(error -> Result.newBuilder()
                            .setPartition(cut.getPartition())
                            .setError(Errors.of(error).toError())
                            .build()));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(all -> TruncateTopicResponse.newBuilder()
                        .addAllResults(
                                results.stream().map(CompletableFuture::join).toList())
                        .build());
    }

    private static void requireSensible(TruncateTopicRequest request) {
        if (request.getCutsCount() == 0) {
            throw Errors.invalid("there are no cuts; name at least one partition and where it is to start");
        }
        Set<Integer> partitions = new HashSet<>();
        for (Cut cut : request.getCutsList()) {
            if (!partitions.add(cut.getPartition())) {
                throw Errors.invalid("partition %d is there twice; name it once".formatted(cut.getPartition()));
            }
            if (cut.getBefore().getAtCase() == Position.AtCase.AT_NOT_SET) {
                throw Errors.invalid("before is missing for partition %d; say which position is to be the first"
                        .formatted(cut.getPartition()));
            }
        }
    }

    private CompletableFuture<Result> begin(
            Topic topic, PartitionId id, Cut cut, boolean validateOnly, boolean mayForward) {
        try {
            Optional<Partition> here = routing.ledHere(id);
            if (here.isPresent()) {
                return trim(here.get(), cut.getBefore(), validateOnly);
            }
            Optional<LeaderHint> leader = mayForward ? routing.leaderElsewhere(id) : Optional.empty();
            return ask(leader.orElseThrow(() -> routing.notLeader(id)), topic, cut, validateOnly);
        } catch (LogException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Result> trim(Partition partition, Position before, boolean validateOnly)
            throws LogException {
        long start = partition.logStart();
        long wanted = wanted(partition, before, start);
        Result.Builder result =
                Result.newBuilder().setPartition(partition.id().partition()).setOldLogStartOffset(start);
        if (validateOnly || wanted <= start) {
            return CompletableFuture.completedFuture(
                    result.setLogStartOffset(Math.max(start, wanted)).build());
        }
        return partition.trim(wanted).thenApply(outcome -> {
            requireCommitted(partition.id(), outcome);
            return result.setLogStartOffset(partition.logStart()).build();
        });
    }

    /** An offset before the log's start is no mistake: somebody else trimmed more. */
    private static long wanted(Partition partition, Position before, long start) throws LogException {
        boolean isBehind = before.getAtCase() == Position.AtCase.OFFSET && before.getOffset() < start;
        return isBehind ? start : Positions.resolve(partition, before, OffsetReset.OFFSET_RESET_ERROR);
    }

    private void requireCommitted(PartitionId id, ProposeResult outcome) {
        if (outcome instanceof ProposeResult.NotLeader) {
            throw routing.notLeader(id);
        } else if (outcome instanceof ProposeResult.Refused refused) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, refused.reason());
        } else if (outcome instanceof ProposeResult.Unknown unknown) {
            throw FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_NO_QUORUM,
                    "leadership moved meanwhile; the log may start there, or not: " + unknown.reason());
        }
    }

    private CompletableFuture<Result> ask(LeaderHint leader, Topic topic, Cut cut, boolean validateOnly) {
        TruncateTopicRequest request = TruncateTopicRequest.newBuilder()
                .setTopic(topic.name())
                .setTopicId(MetadataViews.id(topic))
                .addCuts(cut)
                .setValidateOnly(validateOnly)
                .build();
        return OffsetLookup.future(
                        AdminServiceGrpc.newFutureStub(channels.to(leader.getEndpoint(), BrokerChannels.Use.CALLS))
                                .withDeadlineAfter(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                                .truncateTopic(request))
                .thenApply(answer -> answer.getResults(0));
    }
}
