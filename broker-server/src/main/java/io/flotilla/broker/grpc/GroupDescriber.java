package io.flotilla.broker.grpc;

import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.v1.DescribeGroup;
import io.flotilla.broker.v1.FetchPositions;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.GroupMembers;
import io.flotilla.broker.v1.Positions;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.GroupDescription.GroupPartition;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import io.flotilla.v1.TopicPartition;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tells all there is to tell of a group: its members from its coordinator, its lag from the leaders. Safe for any thread. */
final class GroupDescriber {
    static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::getTopic).thenComparing(TopicPartition::getPartition);

    private final Routing routing;
    private final GroupCalls calls;
    private final OffsetLookup lookup;
    private final InstantSource clock;

    GroupDescriber(Routing routing, GroupCalls calls, OffsetLookup lookup, InstantSource clock) {
        this.routing = routing;
        this.calls = calls;
        this.lookup = lookup;
        this.clock = clock;
    }

    /** What is known of one partition of the group. */
    private static final class Part {
        private @Nullable PartitionOffset committed;
        private String member = "";
    }

    /** Fails with NOT_FOUND for a group that has neither members nor positions. */
    CompletableFuture<GroupDescription> describe(String name) {
        if (calls.offsetsTopic().isEmpty()) {
            return CompletableFuture.failedFuture(notFound(name));
        }
        CompletableFuture<List<PartitionOffset>> positions = positions(name);
        return members(name)
                .thenCompose(members -> positions.thenCompose(found -> {
                    if (members.isEmpty() && found.isEmpty()) {
                        throw notFound(name);
                    }
                    return describe(
                            name, members.isEmpty() ? GroupMembers.getDefaultInstance() : members.get(0), found);
                }));
    }

    static FlotillaException notFound(String name) {
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_NOT_FOUND,
                "group '%s' does not exist: it has no members and no positions; list the groups".formatted(name));
    }

    /** One or none. */
    private CompletableFuture<List<GroupMembers>> members(String name) {
        return calls.call(GroupCall.newBuilder().setGroup(name).setDescribe(DescribeGroup.getDefaultInstance()))
                .thenApply(GroupAnswer::getGroup)
                .thenApply(List::of)
                .exceptionallyCompose(error -> Errors.of(error).code() == ErrorCode.ERROR_CODE_NOT_FOUND
                        ? CompletableFuture.completedFuture(List.of())
                        : CompletableFuture.failedFuture(Errors.of(error)));
    }

    /** All positions of the group. */
    CompletableFuture<List<PartitionOffset>> positions(String name) {
        return calls.call(GroupCall.newBuilder().setGroup(name).setFetch(FetchPositions.getDefaultInstance()))
                .thenApply(answer -> answer.getPositions().getPositionsList().stream()
                        .map(Positions.Position::getAt)
                        .toList());
    }

    private CompletableFuture<GroupDescription> describe(
            String name, GroupMembers members, List<PartitionOffset> positions) {
        Map<TopicPartition, Part> parts = new TreeMap<>(BY_NAME);
        positions.forEach(position ->
                parts.computeIfAbsent(MemberCommits.nameOf(position), part -> new Part()).committed = position);
        GroupDescription.Builder group = GroupDescription.newBuilder()
                .setName(name)
                .setState(state(members.getState()))
                .setEpoch(members.getEpoch())
                .setAssignor(members.getMembersCount() == 0 ? "" : members.getAssignor());
        calls.coordinatorOf(name).ifPresent(group::setCoordinatorId);
        routing.imageSoFar().pauses().of(name, clock.millis()).ifPresent(group::setPausedUntilMs);
        for (GroupMembers.Member member : members.getMembersList()) {
            group.addMembers(GroupDescription.Member.newBuilder()
                    .setMemberId(member.getMemberId())
                    .setInstanceId(member.getInstanceId())
                    .setClientId(member.getClientId())
                    .setClientHost(member.getClientHost())
                    .setMemberEpoch(member.getMemberEpoch())
                    .addAllPartitions(member.getPartitionsList()));
            member.getPartitionsList()
                    .forEach(partition ->
                            parts.computeIfAbsent(partition, part -> new Part()).member = member.getMemberId());
        }
        List<CompletableFuture<GroupPartition>> described = new ArrayList<>();
        parts.forEach((partition, part) -> described.add(describe(partition, part)));
        return CompletableFuture.allOf(described.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    described.forEach(partition -> group.addPartitions(partition.join()));
                    return group.build();
                });
    }

    static GroupDescription.State state(String kafka) {
        return switch (kafka) {
            case "Stable" -> GroupDescription.State.STATE_STABLE;
            case "Empty", "", "Dead" -> GroupDescription.State.STATE_EMPTY;
            default -> GroupDescription.State.STATE_REBALANCING;
        };
    }

    private CompletableFuture<GroupPartition> describe(TopicPartition partition, Part part) {
        GroupPartition.Builder described =
                GroupPartition.newBuilder().setPartition(partition).setMemberId(part.member);
        PartitionOffset committed = part.committed;
        if (committed != null) {
            described.setCommittedOffset(committed.getOffset()).setMetadata(committed.getMetadata());
        }
        try {
            Topic topic = routing.topic(partition.getTopic());
            PartitionId id = routing.partition(topic, partition.getPartition());
            return measure(topic, id, described).exceptionally(error -> described.build());
        } catch (FlotillaException e) {
            return CompletableFuture.completedFuture(described.build()); // deleted, or not led now: no lag to tell
        }
    }

    private CompletableFuture<GroupPartition> measure(Topic topic, PartitionId id, GroupPartition.Builder described) {
        return lookup.find(topic, id, anchor(Position.Anchor.ANCHOR_START), true)
                .thenCombine(lookup.find(topic, id, anchor(Position.Anchor.ANCHOR_END), true), (start, end) -> {
                    described.setLogStartOffset(start.getOffset()).setHighWatermark(end.getOffset());
                    long from = described.hasCommittedOffset()
                            ? Math.max(described.getCommittedOffset(), start.getOffset())
                            : start.getOffset();
                    described.setLagRecords(Math.max(0, end.getOffset() - from));
                    return from;
                })
                .thenCompose(from -> described.getLagRecords() == 0
                        ? CompletableFuture.completedFuture(
                                described.setLagMs(0).build())
                        : lookup.find(
                                        topic,
                                        id,
                                        Position.newBuilder().setOffset(from).build(),
                                        true)
                                .thenApply(found -> withAge(described, found)));
    }

    private GroupPartition withAge(GroupPartition.Builder described, Found first) {
        if (first.getTimestampMs() > 0) {
            described.setLagMs(Math.max(0, clock.millis() - first.getTimestampMs()));
        }
        return described.build();
    }

    static Position anchor(Position.Anchor anchor) {
        return Position.newBuilder().setAnchor(anchor).build();
    }
}
