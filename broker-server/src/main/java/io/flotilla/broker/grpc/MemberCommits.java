package io.flotilla.broker.grpc;

import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.v1.CommitPositions;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.Positions;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Commits the positions of one member: the latest of each partition, some together, one request under way at a time, again
 * and again while the coordinator moves. Owner: the call's serial execution.
 */
final class MemberCommits {
    private static final int TOGETHER_MS = 100;

    private final GroupCalls calls;
    private final String group;
    private final MemberHeart heart;
    private final Serial serial;
    private final ScheduledExecutorService timer;
    private final Listener listener;
    private final Map<TopicPartition, PartitionOffset> wanted = new LinkedHashMap<>();
    private final List<Runnable> waiting = new ArrayList<>(); // for what is wanted
    private boolean committing;
    private boolean scheduled;
    private boolean stopped;

    /** Told on the call's serial execution. */
    interface Listener {
        /** The coordinator takes no such position. */
        void refused(TopicPartition name, FlotillaException why);
    }

    MemberCommits(
            GroupCalls calls,
            String group,
            MemberHeart heart,
            Serial serial,
            ScheduledExecutorService timer,
            Listener listener) {
        this.calls = calls;
        this.group = group;
        this.heart = heart;
        this.serial = serial;
        this.timer = timer;
        this.listener = listener;
    }

    /** Commits soon. */
    void want(PartitionOffset position) {
        wanted.put(nameOf(position), position);
        sendIn(TOGETHER_MS);
    }

    /** Runs {@code then} when everything wanted so far is committed, or refused. */
    void flush(Runnable then) {
        waiting.add(then);
        if (!committing) {
            send();
        }
    }

    static TopicPartition nameOf(PartitionOffset position) {
        return TopicPartition.newBuilder()
                .setTopic(position.getTopic())
                .setPartition(position.getPartition())
                .build();
    }

    /** Gives up what is not committed yet. */
    void stop() {
        stopped = true;
        wanted.clear();
        waiting.clear();
    }

    private void sendIn(int ms) {
        if (!committing && !scheduled) {
            scheduled = true;
            var unused = timer.schedule(
                    () -> serial.execute(() -> {
                        scheduled = false;
                        if (!committing) {
                            send();
                        }
                    }),
                    ms,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void send() {
        List<Runnable> served = List.copyOf(waiting);
        waiting.clear();
        if (wanted.isEmpty()) {
            served.forEach(Runnable::run);
            return;
        }
        Map<TopicPartition, PartitionOffset> sent = new HashMap<>(wanted);
        wanted.clear();
        committing = true;
        var unused = commit(sent.values())
                .whenComplete((failed, error) -> serial.execute(() -> {
                    committing = false;
                    boolean done = error == null ? settle(sent, failed) : retry(sent, Errors.of(error));
                    if (done) {
                        served.forEach(Runnable::run);
                    } else {
                        waiting.addAll(0, served);
                    }
                    goOn(done);
                }));
    }

    private void goOn(boolean done) {
        if (!done) {
            sendIn(TOGETHER_MS);
        } else if (!waiting.isEmpty()) {
            send();
        } else if (!wanted.isEmpty()) {
            sendIn(TOGETHER_MS);
        }
    }

    private CompletableFuture<Positions> commit(Collection<PartitionOffset> positions) {
        return calls.call(GroupCall.newBuilder()
                        .setGroup(group)
                        .setCommit(CommitPositions.newBuilder()
                                .setMemberId(heart.memberId())
                                .setMemberEpoch(heart.epoch())
                                .addAllOffsets(positions)))
                .thenApply(answer -> answer.getPositions());
    }

    /** Whether nothing has to be sent again. */
    private boolean settle(Map<TopicPartition, PartitionOffset> sent, Positions failed) {
        boolean done = true;
        for (Positions.Position failure : failed.getPositionsList()) {
            TopicPartition name = nameOf(failure.getAt());
            FlotillaException why = FlotillaException.fromError(failure.getError());
            if (mayPass(why)) {
                done = retry(Map.of(name, sent.getOrDefault(name, failure.getAt())), why);
            } else {
                listener.refused(name, why);
            }
        }
        return done;
    }

    private boolean retry(Map<TopicPartition, PartitionOffset> sent, FlotillaException why) {
        if (!mayPass(why)) {
            sent.keySet().forEach(name -> listener.refused(name, why));
            return true;
        }
        if (stopped) {
            return true;
        }
        sent.forEach(wanted::putIfAbsent);
        heart.beatNow(); // it learns the present epoch, or that the member is none any more
        return false;
    }

    private static boolean mayPass(FlotillaException error) {
        return MemberHeart.isPassing(error)
                || error.code() == ErrorCode.ERROR_CODE_MEMBER_FENCED
                || error.code() == ErrorCode.ERROR_CODE_UNKNOWN_MEMBER;
    }
}
