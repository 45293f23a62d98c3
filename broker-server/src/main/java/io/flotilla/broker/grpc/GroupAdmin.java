package io.flotilla.broker.grpc;

import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.v1.CommitPositions;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.GroupList;
import io.flotilla.broker.v1.ListGroups;
import io.flotilla.broker.v1.MemberBeat;
import io.flotilla.broker.v1.RemoveGroup;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.GroupCommand;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.ListGroupsRequest;
import io.flotilla.v1.ListGroupsResponse;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.PauseGroupRequest;
import io.flotilla.v1.PauseGroupResponse;
import io.flotilla.v1.Position;
import io.flotilla.v1.ResetGroupRequest;
import io.flotilla.v1.ResetGroupResponse;
import io.flotilla.v1.ResetGroupResponse.Moved;
import io.flotilla.v1.ResumeGroupRequest;
import io.flotilla.v1.ResumeGroupResponse;
import io.flotilla.v1.TopicPartition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Lists groups, moves their positions, deletes them. Safe for use by any thread. */
final class GroupAdmin {
    private static final int LEAVE = -1;
    private static final long LONGEST_PAUSE_MS = Duration.ofDays(365).toMillis();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Comparator<Moved> BY_PARTITION =
            Comparator.comparing(Moved::getPartition, GroupDescriber.BY_NAME);

    private final Routing routing;
    private final GroupCalls calls;
    private final GroupTopic topic;
    private final GroupDescriber describer;
    private final OffsetLookup lookup;
    private final Supplier<MetadataQuorum> quorum;
    private final InstantSource clock;

    /** @param quorum throws the API's error while the metadata cannot be used */
    GroupAdmin(
            Routing routing,
            GroupCalls calls,
            GroupTopic topic,
            GroupDescriber describer,
            OffsetLookup lookup,
            Supplier<MetadataQuorum> quorum,
            InstantSource clock) {
        this.quorum = quorum;
        this.clock = clock;
        this.routing = routing;
        this.calls = calls;
        this.topic = topic;
        this.describer = describer;
        this.lookup = lookup;
    }

    CompletableFuture<ListGroupsResponse> list(ListGroupsRequest request) {
        return calls.callAll(GroupCall.newBuilder().setList(ListGroups.getDefaultInstance()))
                .thenApply(answers -> {
                    Map<String, GroupDescription> groups = new TreeMap<>();
                    answers.forEach(answer -> answer.getGroups()
                            .getGroupsList()
                            .forEach(group -> groups.put(group.getName(), group(group))));
                    Pages.Page<GroupDescription> page = Pages.of(
                            groups.values(), GroupDescription::getName, request.getPageSize(), request.getPageToken());
                    return ListGroupsResponse.newBuilder()
                            .addAllGroups(page.items())
                            .setNextPageToken(page.nextToken())
                            .build();
                });
    }

    private GroupDescription group(GroupList.Entry entry) {
        GroupDescription.Builder group =
                GroupDescription.newBuilder().setName(entry.getName()).setState(GroupDescriber.state(entry.getState()));
        calls.coordinatorOf(entry.getName()).ifPresent(group::setCoordinatorId);
        routing.imageSoFar().pauses().of(entry.getName(), clock.millis()).ifPresent(group::setPausedUntilMs);
        return group.build();
    }

    CompletableFuture<GroupDescription> describe(String name) {
        MemberTerms.requireGroup(name);
        return describer.describe(name);
    }

    CompletableFuture<Void> delete(String name) {
        MemberTerms.requireGroup(name);
        return calls.offsetsTopic().isEmpty()
                ? CompletableFuture.failedFuture(GroupDescriber.notFound(name))
                : calls.call(GroupCall.newBuilder().setGroup(name).setRemove(RemoveGroup.getDefaultInstance()))
                        .thenCompose(
                                answer -> routing.image().pauses().untilMs().containsKey(name)
                                        ? agree(new GroupCommand.ResumeGroup(name))
                                        : CompletableFuture.completedFuture(null));
    }

    // ---- pausing

    CompletableFuture<PauseGroupResponse> pause(PauseGroupRequest request) {
        long forMs = request.getDurationMs();
        if (forMs < 1 || forMs > LONGEST_PAUSE_MS) {
            throw Errors.invalid("duration_ms is %d; must be 1 to %d".formatted(forMs, LONGEST_PAUSE_MS));
        }
        return describe(request.getName()).thenCompose(there -> {
            long now = clock.millis();
            return agree(new GroupCommand.PauseGroup(request.getName(), now + forMs, now))
                    .thenApply(agreed -> PauseGroupResponse.newBuilder()
                            .setUntilMs(now + forMs)
                            .build());
        });
    }

    CompletableFuture<ResumeGroupResponse> resume(ResumeGroupRequest request) {
        String group = request.getName();
        MetadataQuorum metadata = quorum.get();
        return describe(group).thenCompose(there -> metadata.catchUp()).thenCompose(caughtUp -> {
            boolean paused = metadata.image().pauses().of(group, clock.millis()).isPresent();
            CompletableFuture<Void> agreed =
                    paused ? agree(new GroupCommand.ResumeGroup(group)) : CompletableFuture.completedFuture(null);
            return agreed.thenApply(done ->
                    ResumeGroupResponse.newBuilder().setWasPaused(paused).build());
        });
    }

    private CompletableFuture<Void> agree(GroupCommand command) {
        return quorum.get().propose(command, PATIENCE).thenAccept(result -> {
            if (result instanceof MetadataResult.Refused refused) {
                throw Errors.of(refused);
            }
        });
    }

    CompletableFuture<Void> removeMember(String group, String memberId) {
        MemberTerms.requireGroup(group);
        if (memberId.isEmpty()) {
            throw Errors.invalid("member_id is empty; describe the group to see its members");
        }
        return describer
                .describe(group)
                .thenCompose(described -> calls.call(GroupCall.newBuilder()
                                .setGroup(group)
                                .setBeat(MemberBeat.newBuilder()
                                        .setMemberId(memberId)
                                        .setMemberEpoch(LEAVE)))
                        .thenApply(answer -> null));
    }

    // ---- moving positions

    CompletableFuture<ResetGroupResponse> reset(ResetGroupRequest request) {
        MemberTerms.requireGroup(request.getName());
        if (request.getTargetsCount() == 0) {
            throw Errors.invalid("the request has no targets; name at least one topic");
        }
        return topic.ensure()
                .thenCompose(there -> describer.positions(request.getName()))
                .thenCompose(positions -> {
                    Map<TopicPartition, Long> before = new HashMap<>();
                    positions.forEach(position -> before.put(MemberCommits.nameOf(position), position.getOffset()));
                    List<CompletableFuture<Moved>> moves = new ArrayList<>();
                    request.getTargetsList().forEach(target -> plan(target, before, moves));
                    return CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new))
                            .thenCompose(planned -> move(
                                    request,
                                    moves.stream()
                                            .map(CompletableFuture::join)
                                            .sorted(BY_PARTITION)
                                            .toList()));
                });
    }

    private void plan(
            ResetGroupRequest.Target target, Map<TopicPartition, Long> before, List<CompletableFuture<Moved>> moves) {
        Topic found = routing.topic(target.getTopic());
        int first = target.hasPartition() ? target.getPartition() : 0;
        int last = target.hasPartition() ? first : found.partitions().size() - 1;
        for (int partition = first; partition <= last; partition++) {
            moves.add(plan(found, routing.partition(found, partition), target, before));
        }
    }

    private CompletableFuture<Moved> plan(
            Topic found, PartitionId id, ResetGroupRequest.Target target, Map<TopicPartition, Long> before) {
        TopicPartition name = TopicPartition.newBuilder()
                .setTopic(found.name())
                .setPartition(id.partition())
                .build();
        Long from = before.get(name);
        Moved.Builder moved = Moved.newBuilder().setPartition(name);
        if (from != null) {
            moved.setFromOffset(from);
        }
        CompletableFuture<Found> start =
                lookup.find(found, id, GroupDescriber.anchor(Position.Anchor.ANCHOR_START), true);
        CompletableFuture<Found> end = lookup.find(found, id, GroupDescriber.anchor(Position.Anchor.ANCHOR_END), true);
        CompletableFuture<Long> to = target.hasTo() && !target.getTo().hasOffset()
                ? lookup.find(found, id, target.getTo(), true).thenApply(Found::getOffset)
                : CompletableFuture.completedFuture(
                        target.hasTo() ? target.getTo().getOffset() : from == null ? 0L : from);
        return to.thenCombine(
                start.thenCombine(end, Range::new),
                (offset, range) -> moved.setToOffset(range.clamp(offset + target.getShift()))
                        .build());
    }

    private record Range(Found start, Found end) {
        long clamp(long offset) {
            return Math.max(start.getOffset(), Math.min(end.getOffset(), offset));
        }
    }

    private CompletableFuture<ResetGroupResponse> move(ResetGroupRequest request, List<Moved> moves) {
        ResetGroupResponse response =
                ResetGroupResponse.newBuilder().addAllPartitions(moves).build();
        if (request.getValidateOnly()) {
            return CompletableFuture.completedFuture(response);
        }
        CommitPositions.Builder commit = CommitPositions.newBuilder();
        moves.forEach(moved -> commit.addOffsets(PartitionOffset.newBuilder()
                .setTopic(moved.getPartition().getTopic())
                .setPartition(moved.getPartition().getPartition())
                .setOffset(moved.getToOffset())));
        return calls.call(GroupCall.newBuilder().setGroup(request.getName()).setCommit(commit))
                .thenApply(answer -> {
                    answer.getPositions().getPositionsList().stream()
                            .findFirst()
                            .ifPresent(failed -> {
                                throw refusal(request.getName(), FlotillaException.fromError(failed.getError()));
                            });
                    return response;
                });
    }

    private static FlotillaException refusal(String group, FlotillaException why) {
        return why.code() == ErrorCode.ERROR_CODE_UNKNOWN_MEMBER
                ? FlotillaException.of(
                        ErrorCode.ERROR_CODE_GROUP_NOT_EMPTY,
                        "group '%s' has members; stop them before its positions are moved".formatted(group))
                : why;
    }
}
