package io.flotilla.broker.grpc;

import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.v1.FetchPositions;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.Holding;
import io.flotilla.broker.v1.MemberState;
import io.flotilla.broker.v1.Positions;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import io.flotilla.v1.SubscribeRequest.Commit;
import io.flotilla.v1.SubscribeResponse.AssignedPartition;
import io.flotilla.v1.SubscribeResponse.Assignment;
import io.flotilla.v1.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One membership: what its {@link MemberHeart} hears goes to its {@link MemberHoldings}, whose partitions are read by its
 * {@link MemberReading}, whose acks go to its {@link MemberCommits}.
 *
 * <pre>
 *   joining --(first beat)--&gt; member --(half-close)--&gt; leaving --(committed, left)--&gt; over
 *      |                        |
 *      +------(error, cancel)---+--&gt; over; the coordinator keeps its partitions for the session timeout
 * </pre>
 *
 * <p>Owner: the serial execution of its {@link MemberCall}.
 */
final class MemberSession implements MemberHeart.Listener, MemberHoldings.Listener {
    private final MemberTerms terms;
    private final MemberParts parts;
    private final MemberEvents events;
    private final End end;
    private final Serial serial;
    private final MemberHeart heart;
    private final MemberCommits commits;
    private final MemberReading reading;
    private final MemberHoldings holdings;
    private final Map<TopicPartition, Optional<PartitionOffset>> committed = new HashMap<>(); // when it was assigned
    private final Set<TopicPartition> givenUp = new HashSet<>(); // once what is wanted so far is committed
    private long pausedUntilMs; // 0 = it is not
    private boolean joined;
    private boolean leaving;
    private long busySince;

    /** How a membership ends. */
    interface End {
        void failed(FlotillaException why);

        void left();
    }

    MemberSession(
            MemberTerms terms,
            String memberId,
            String clientHost,
            MemberParts parts,
            MemberEvents events,
            Serial serial,
            End end) {
        this.terms = terms;
        this.parts = parts;
        this.events = events;
        this.end = end;
        GroupCalls calls = parts.calls();
        this.heart = new MemberHeart(
                calls,
                terms,
                memberId,
                clientHost,
                parts.revokeGrace(),
                serial,
                parts.timer(),
                parts.nanoClock(),
                this);
        this.commits = new MemberCommits(calls, terms.group(), heart, serial, parts.timer(), events::problem);
        this.reading =
                new MemberReading(terms, events, commits, parts.starts(), parts.meters(), serial, parts.nanoClock());
        this.holdings = new MemberHoldings(parts.topicNames(), this);
        this.serial = serial;
        this.busySince = parts.nanoClock().getAsLong();
    }

    void join() {
        heart.join();
    }

    void groupChanged() {
        heart.beatNow();
    }

    /** Whether the group is paused may have changed; to be called now and then. */
    void followPause() {
        long until = parts.pauses().get().of(terms.group(), events.nowMs()).orElse(0);
        if (joined && until != pausedUntilMs) {
            pausedUntilMs = until;
            events.paused(until);
            reading.withhold(until > 0);
        }
    }

    // ---- what the coordinator says

    @Override
    public void beaten(MemberState state) {
        if (!joined) {
            joined = true;
            events.joined(terms, heart.memberId(), heart.epoch());
            followPause();
        }
        if (leaving) {
            return;
        }
        if (state.hasAssignment()) {
            holdings.aim(state.getAssignment());
        } else {
            holdings.followTarget();
        }
        requireProgress();
    }

    @Override
    public void lost(FlotillaException why) {
        leaving = true; // there is nothing left to say to the coordinator
        end.failed(why);
    }

    // ---- what the member holds

    @Override
    public void gained(List<MemberHoldings.Gained> partitions) {
        FetchPositions.Builder fetch = FetchPositions.newBuilder();
        partitions.forEach(partition -> fetch.addPartitions(partition.name()));
        var unusedFetch = parts.calls()
                .call(GroupCall.newBuilder().setGroup(terms.group()).setFetch(fetch))
                .whenComplete((answer, error) -> serial.execute(() -> {
                    if (error == null) {
                        begin(partitions, answer.getPositions());
                    } else if (MemberHeart.isPassing(Errors.of(error))) {
                        var unused = parts.timer()
                                .schedule(() -> serial.execute(() -> gained(partitions)), 100, TimeUnit.MILLISECONDS);
                    } else {
                        end.failed(Errors.of(error));
                    }
                }));
    }

    private void begin(List<MemberHoldings.Gained> partitions, Positions positions) {
        Map<TopicPartition, PartitionOffset> found = new HashMap<>();
        positions
                .getPositionsList()
                .forEach(position -> found.put(MemberCommits.nameOf(position.getAt()), position.getAt()));
        partitions.stream().filter(partition -> isKept(partition.name())).forEach(partition -> {
            PartitionOffset position = found.get(partition.name());
            committed.put(partition.name(), Optional.ofNullable(position));
            if (terms.readsHere()) {
                startOf(partition, position);
            }
        });
        tellAssignment();
    }

    private boolean isKept(TopicPartition name) {
        return holdings.holds(name) && !holdings.isLeaving(name);
    }

    private @Nullable PartitionOffset positionOf(TopicPartition name) {
        return committed.getOrDefault(name, Optional.empty()).orElse(null);
    }

    private void startOf(MemberHoldings.Gained partition, @Nullable PartitionOffset from) {
        if (from == null && terms.reset() == OffsetReset.OFFSET_RESET_ERROR) {
            events.problem(
                    partition.name(),
                    FlotillaException.of(
                            ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE,
                            "group '%s' has no position in %s/%d, and reset is ERROR; seek, or commit one"
                                    .formatted(
                                            terms.group(),
                                            partition.name().getTopic(),
                                            partition.name().getPartition())));
            return;
        }
        Position.Builder position = Position.newBuilder();
        if (from != null) {
            position.setOffset(from.getOffset());
        } else if (terms.reset() == OffsetReset.OFFSET_RESET_START) {
            position.setAnchor(Position.Anchor.ANCHOR_START);
        } else {
            position.setAnchor(Position.Anchor.ANCHOR_END);
        }
        reading.begin(PartitionStart.newBuilder()
                .setTopic(partition.name().getTopic())
                .setPartition(partition.name().getPartition())
                .setTopicId(partition.topicId())
                .setFrom(position)
                .build());
    }

    /** Those of the member's partitions whose positions are known. */
    private void tellAssignment() {
        Assignment.Builder assignment = Assignment.newBuilder().setMemberEpoch(heart.epoch());
        holdings.kept().stream()
                .filter(partition -> committed.containsKey(partition.name()))
                .forEach(partition -> {
                    AssignedPartition.Builder assigned = AssignedPartition.newBuilder()
                            .setTopic(partition.name().getTopic())
                            .setPartition(partition.name().getPartition())
                            .setTopicId(partition.topicId());
                    PartitionOffset from = positionOf(partition.name());
                    if (from != null) {
                        assigned.setCommittedOffset(from.getOffset());
                    }
                    assignment.addPartitions(assigned);
                });
        events.assignment(assignment.build());
    }

    @Override
    public void lost(List<TopicPartition> partitions) {
        Duration grace = parts.revokeGrace();
        partitions.forEach(reading::stop);
        partitions.forEach(committed::remove);
        events.revocation(partitions, grace.toMillis());
        if (terms.readsHere()) {
            partitions.stream().filter(reading::isDone).forEach(this::release);
        }
        if (!holdings.leaving().isEmpty()) {
            var unused = parts.timer()
                    .schedule(
                            () -> serial.execute(() -> partitions.forEach(this::release)),
                            grace.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Gives a partition up once its position is committed. */
    private void release(TopicPartition name) {
        if (holdings.isLeaving(name) && givenUp.add(name)) {
            reading.forget(name);
            commits.flush(() -> {
                givenUp.remove(name);
                holdings.released(name);
            });
        }
    }

    @Override
    public void settled(Holding holding) {
        heart.hold(holding);
        if (!holdings.kept().stream().allMatch(partition -> committed.containsKey(partition.name()))) {
            return; // told once their positions are known
        }
        tellAssignment();
    }

    // ---- what the member says

    void ack(List<Long> deliveryIds, boolean confirm) {
        List<PartitionOffset> done = new ArrayList<>();
        deliveryIds.forEach(id -> reading.ack(id).ifPresent(done::add));
        busySince = parts.nanoClock().getAsLong();
        done.stream()
                .filter(position -> !terms.commitsFirst() && holdings.holds(MemberCommits.nameOf(position)))
                .forEach(commits::want);
        if (confirm) {
            commits.flush(() -> events.committed(done));
        }
        holdings.leaving().stream().filter(reading::isDone).forEach(this::release);
        reading.pump();
    }

    void commit(Commit commit) {
        busySince = parts.nanoClock().getAsLong();
        List<PartitionOffset> taken = new ArrayList<>();
        CompletableFuture<?>[] checks = commit.getOffsetsList().stream()
                .map(position -> parts.positions()
                        .check(position)
                        .handleAsync((checked, error) -> take(position, error) && taken.add(position), serial))
                .toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(checks)
                .whenCompleteAsync(
                        (all, error) -> {
                            if (commit.getConfirm()) {
                                commits.flush(() -> events.committed(taken));
                            }
                        },
                        serial);
    }

    /** Whether the position will be committed; the member may have lost the partition while it was checked. */
    private boolean take(PartitionOffset position, @Nullable Throwable error) {
        TopicPartition name = MemberCommits.nameOf(position);
        if (!holdings.holds(name) || givenUp.contains(name)) {
            events.problem(name, notAssigned(name));
            return false;
        }
        if (error != null) {
            events.problem(name, Errors.of(error));
            return false;
        }
        commits.want(position);
        return true;
    }

    private FlotillaException notAssigned(TopicPartition name) {
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_NOT_ASSIGNED,
                "%s/%d is not assigned to this member of group '%s'"
                        .formatted(name.getTopic(), name.getPartition(), terms.group()));
    }

    void progress() {
        busySince = parts.nanoClock().getAsLong();
    }

    void release(List<TopicPartition> names) {
        names.forEach(this::release);
    }

    void subscribe(io.flotilla.v1.SubscribeRequest.Subscription subscription) {
        MemberTerms.checkSubscription(subscription);
        heart.subscribe(subscription);
    }

    void seek(List<PartitionStart> starts) {
        for (PartitionStart start : starts) {
            TopicPartition name = TopicPartition.newBuilder()
                    .setTopic(start.getTopic())
                    .setPartition(start.getPartition())
                    .build();
            if (holdings.holds(name) && !holdings.isLeaving(name) && terms.readsHere()) {
                reading.move(start);
            } else {
                events.problem(name, notAssigned(name));
            }
        }
    }

    void pause(List<TopicPartition> names) {
        reading.pause(names);
    }

    void resume(List<TopicPartition> names) {
        reading.resume(names);
    }

    void pump() {
        reading.pump();
    }

    private void requireProgress() {
        long limit = TimeUnit.MILLISECONDS.toNanos(terms.processingTimeoutMs());
        long now = parts.nanoClock().getAsLong();
        reading.oldestNanos()
                .filter(sent -> now - Math.max(sent, busySince) > limit)
                .ifPresent(sent -> evict());
    }

    private void evict() {
        leaving = true;
        reading.close();
        FlotillaException late = FlotillaException.of(
                ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT,
                "no ack and no progress within %d ms (processing_timeout_ms); the partitions go to others"
                        .formatted(terms.processingTimeoutMs()));
        var unused = heart.leave(false).whenComplete((left, error) -> serial.execute(() -> end.failed(late)));
    }

    void drain(Drain drain) {
        events.drain(drain);
    }

    void heartbeatIfQuietFor(int intervalMs) {
        events.heartbeatIfQuietFor(intervalMs);
    }

    // ---- the end

    /** The member goes: what it has acked is committed first. */
    void leave() {
        leaving = true;
        reading.close();
        commits.flush(() -> {
            var unused = heart.leave(true).whenComplete((left, error) -> serial.execute(end::left));
        });
    }

    /** The call is over, the membership perhaps not: the coordinator waits for the session timeout. */
    void close() {
        reading.close();
        if (leaving || !joined) {
            stop();
        } else {
            commits.flush(() -> {
                stop();
                if (terms.isStatic()) {
                    var unused = heart.leave(true); // another process may take its place at once
                }
            });
            var unused = parts.timer()
                    .schedule(() -> serial.execute(this::stop), terms.sessionTimeoutMs(), TimeUnit.MILLISECONDS);
        }
    }

    private void stop() {
        heart.stop();
        commits.stop();
    }
}
