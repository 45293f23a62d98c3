package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Commit;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.SubscribeResponse.AssignedPartition;
import io.flotilla.v1.SubscribeResponse.Assignment;
import io.flotilla.v1.SubscribeResponse.Committed;
import io.flotilla.v1.SubscribeResponse.Joined;
import io.flotilla.v1.SubscribeResponse.Problem;
import io.flotilla.v1.SubscribeResponse.Revocation;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group of a {@link FakeCluster} with one member, which reads by itself. The test says what it is assigned. Guarded by
 * the cluster's lock; tests may call from any thread.
 */
final class FakeGroup extends GroupServiceGrpc.GroupServiceImplBase {
    private final FakeCluster cluster;
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final Set<TopicPartition> owned = new LinkedHashSet<>();
    private final List<TopicPartition> released = new ArrayList<>();
    private final List<String> anomalies = new ArrayList<>();
    private @Nullable StreamObserver<SubscribeResponse> member;
    private int joins;
    private int departures;
    private boolean silent;
    private boolean refusing;
    private boolean paused;

    FakeGroup(FakeCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> answers) {
        ((ServerCallStreamObserver<SubscribeResponse>) answers).setOnCancelHandler(() -> {}); // onError tells
        return new StreamObserver<>() {
            @Override
            public void onNext(SubscribeRequest request) {
                cluster.run(() -> handle(request, answers));
            }

            @Override
            public void onError(Throwable failure) {
                cluster.run(() -> gone(answers));
            }

            @Override
            public void onCompleted() {
                cluster.run(() -> {
                    departures++;
                    owned.clear();
                    answers.onCompleted();
                    gone(answers);
                });
            }
        };
    }

    private void gone(StreamObserver<SubscribeResponse> answers) {
        if (member == answers) {
            member = null;
        }
    }

    private void handle(SubscribeRequest request, StreamObserver<SubscribeResponse> answers) {
        switch (request.getRequestCase()) {
            case JOIN -> {
                if (refusing) {
                    answers.onError(
                            GrpcErrors.toStatus(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "refused")));
                    return;
                }
                joins++;
                member = answers;
                answers.onNext(SubscribeResponse.newBuilder()
                        .setJoined(Joined.newBuilder().setMemberId("m").setMemberEpoch(joins))
                        .build());
                if (paused) {
                    tellPause();
                }
                tellAssignment();
            }
            case COMMIT -> commit(request.getCommit(), answers);
            case RELEASED ->
                request.getReleased().getPartitionsList().forEach(name -> {
                    owned.remove(TopicPartition.of(name));
                    released.add(TopicPartition.of(name));
                });
            default -> anomalies.add("unexpected " + request);
        }
    }

    private void commit(Commit commit, StreamObserver<SubscribeResponse> answers) {
        if (silent || member != answers) { // of an earlier epoch
            return;
        }
        Committed.Builder taken = Committed.newBuilder();
        for (PartitionOffset position : commit.getOffsetsList()) {
            TopicPartition name = new TopicPartition(position.getTopic(), position.getPartition());
            if (!owned.contains(name)) {
                answers.onNext(SubscribeResponse.newBuilder()
                        .setProblem(Problem.newBuilder()
                                .setPartition(name.toProto())
                                .setError(FlotillaException.of(ErrorCode.ERROR_CODE_NOT_ASSIGNED, "not yours")
                                        .toError()))
                        .build());
                continue;
            }
            long before = committed.getOrDefault(name, 0L);
            if (position.getOffset() < before) {
                anomalies.add("%s went back from %d to %d".formatted(name, before, position.getOffset()));
            }
            committed.put(name, position.getOffset());
            taken.addOffsets(position);
        }
        answers.onNext(SubscribeResponse.newBuilder().setCommitted(taken).build());
    }

    private void tellAssignment() {
        if (member == null || owned.isEmpty()) {
            return;
        }
        Assignment.Builder assignment = Assignment.newBuilder().setMemberEpoch(joins);
        for (TopicPartition name : owned) {
            AssignedPartition.Builder assigned = AssignedPartition.newBuilder()
                    .setTopic(name.topic())
                    .setPartition(name.partition())
                    .setTopicId(cluster.topicId(name.topic()));
            Long position = committed.get(name);
            if (position != null) {
                assigned.setCommittedOffset(position);
            }
            assignment.addPartitions(assigned);
        }
        member.onNext(SubscribeResponse.newBuilder().setAssignment(assignment).build());
    }

    /** These are the member's from now on, also after it has joined again. */
    void assign(TopicPartition... partitions) {
        cluster.run(() -> {
            owned.addAll(List.of(partitions));
            tellAssignment();
        });
    }

    /** Asks for a partition. */
    void revoke(TopicPartition partition, int deadlineMs) {
        cluster.run(() -> {
            if (member != null) {
                member.onNext(SubscribeResponse.newBuilder()
                        .setRevocation(Revocation.newBuilder()
                                .addPartitions(partition.toProto())
                                .setDeadlineMs(deadlineMs))
                        .build());
            }
        });
    }

    /** Another member has gone on with a partition while this one was not there. */
    void goOnInstead(TopicPartition partition, long position) {
        cluster.run(() -> committed.put(partition, position));
    }

    /** Breaks the member's stream. */
    void fail(ErrorCode code) {
        cluster.run(() -> {
            if (member != null) {
                member.onError(GrpcErrors.toStatus(FlotillaException.of(code, "as the test says")));
                member = null;
            }
        });
    }

    /** While true, commits are neither done nor answered. */
    void ignoreCommits(boolean now) {
        cluster.run(() -> silent = now);
    }

    private void tellPause() {
        if (member != null) {
            member.onNext(SubscribeResponse.newBuilder()
                    .setPaused(SubscribeResponse.Paused.newBuilder().setUntilMs(paused ? Long.MAX_VALUE : 0))
                    .build());
        }
    }

    /** While true, nothing is to be delivered. */
    void pause(boolean now) {
        cluster.run(() -> {
            paused = now;
            tellPause();
        });
    }

    /** While true, nobody can join. */
    void refuse(boolean now) {
        cluster.run(() -> refusing = now);
    }

    long committed(TopicPartition partition) {
        return cluster.locked(() -> committed.getOrDefault(partition, 0L));
    }

    List<TopicPartition> released() {
        return cluster.locked(() -> List.copyOf(released));
    }

    List<String> anomalies() {
        return cluster.locked(() -> List.copyOf(anomalies));
    }

    /** How often a member has joined. */
    int joins() {
        return cluster.locked(() -> joins);
    }

    /** How often a member has left by its own will. */
    int departures() {
        return cluster.locked(() -> departures);
    }
}
