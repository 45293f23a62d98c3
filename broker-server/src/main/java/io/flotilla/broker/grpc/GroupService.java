package io.flotilla.broker.grpc;

import io.flotilla.broker.v1.CommitPositions;
import io.flotilla.broker.v1.FetchPositions;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.Positions;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.CommitOffsetsResponse;
import io.flotilla.v1.FetchOffsetsRequest;
import io.flotilla.v1.FetchOffsetsResponse;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.RawMethods;
import io.flotilla.wire.RawServices;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Membership of groups, and their positions; whoever coordinates a group, any broker speaks for it. */
final class GroupService extends GroupServiceGrpc.GroupServiceImplBase {
    private static final int JOIN_WITHIN_SECONDS = 10;
    private static final int MAX_OFFSETS = 10_000;

    private final MemberParts parts;
    private final GroupTopic topic;
    private final OpenCalls calls;
    private final InstantSource clock;
    private final Executor pool;
    private final Answers answers;
    private final MemberCalls members = new MemberCalls();

    GroupService(
            MemberParts parts, GroupTopic topic, OpenCalls calls, InstantSource clock, Executor pool, Answers answers) {
        this.parts = parts;
        this.topic = topic;
        this.calls = calls;
        this.clock = clock;
        this.pool = pool;
        this.answers = answers;
        parts.calls().listen(members::groupChanged);
        parts.meters().watch(members);
        var unused = parts.timer()
                .scheduleWithFixedDelay(() -> members.heartbeat(ConsumeService.HEARTBEAT_MS), 1, 1, TimeUnit.SECONDS);
    }

    /** The service with Subscribe sending batches as they are stored. */
    ServerServiceDefinition definition() {
        return RawServices.replace(
                bindService(),
                ServerMethodDefinition.create(
                        RawMethods.SERVE_SUBSCRIBE, ServerCalls.asyncBidiStreamingCall(this::subscribeRaw)));
    }

    private StreamObserver<SubscribeRequest> subscribeRaw(StreamObserver<OutboundMessage> responses) {
        try {
            calls.enter();
        } catch (FlotillaException e) {
            responses.onError(GrpcErrors.toStatus(e));
            return new ProduceService.Refused<>();
        }
        MemberCall call = new MemberCall(
                (ServerCallStreamObserver<OutboundMessage>) responses,
                parts,
                topic,
                Caller.host(),
                clock,
                pool,
                calls,
                members);
        calls.add(call);
        members.began(call);
        var unused = parts.timer().schedule(call::requireJoin, JOIN_WITHIN_SECONDS, TimeUnit.SECONDS);
        return call;
    }

    @Override
    public void commitOffsets(CommitOffsetsRequest request, StreamObserver<CommitOffsetsResponse> response) {
        answers.answer(response, () -> {
            MemberTerms.requireGroup(request.getGroup());
            int count = request.getOffsetsCount();
            if (count == 0 || count > MAX_OFFSETS) {
                throw Errors.invalid("the request has %d offsets; must be 1 to %d".formatted(count, MAX_OFFSETS));
            }
            return topic.ensure().thenCompose(there -> checked(request));
        });
    }

    private CompletableFuture<CommitOffsetsResponse> checked(CommitOffsetsRequest request) {
        Map<PartitionOffset, FlotillaException> bad = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> checks = new ArrayList<>();
        request.getOffsetsList()
                .forEach(position ->
                        checks.add(parts.positions().check(position).exceptionally(error -> {
                            bad.put(position, Errors.of(error));
                            return null;
                        })));
        return CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new))
                .thenCompose(done -> commit(request, new HashMap<>(bad)));
    }

    private CompletableFuture<CommitOffsetsResponse> commit(
            CommitOffsetsRequest request, Map<PartitionOffset, FlotillaException> bad) {
        CommitOffsetsResponse.Builder all = CommitOffsetsResponse.newBuilder();
        bad.forEach((position, why) -> all.addFailures(failure(position, why)));
        List<PartitionOffset> good = request.getOffsetsList().stream()
                .filter(position -> !bad.containsKey(position))
                .toList();
        if (good.isEmpty()) {
            return CompletableFuture.completedFuture(all.build());
        }
        return parts.calls()
                .call(GroupCall.newBuilder()
                        .setGroup(request.getGroup())
                        .setCommit(CommitPositions.newBuilder()
                                .setMemberId(request.getMemberId())
                                .setMemberEpoch(request.getMemberEpoch())
                                .addAllOffsets(good)))
                .thenApply(answer -> {
                    List<Positions.Position> failed = answer.getPositions().getPositionsList();
                    requireMember(failed);
                    failed.forEach(failure ->
                            all.addFailures(failure(failure.getAt(), FlotillaException.fromError(failure.getError()))));
                    return all.build();
                });
    }

    /** Whoever may not commit at all is told so by the call's status. */
    private static void requireMember(List<Positions.Position> failed) {
        for (Positions.Position failure : failed) {
            switch (failure.getError().getCode()) {
                case ERROR_CODE_UNKNOWN_MEMBER, ERROR_CODE_MEMBER_FENCED, ERROR_CODE_LEADER_UNAVAILABLE ->
                    throw FlotillaException.fromError(failure.getError());
                default -> {
                    // about this partition alone
                }
            }
        }
    }

    private static CommitOffsetsResponse.Failure failure(PartitionOffset position, FlotillaException why) {
        return CommitOffsetsResponse.Failure.newBuilder()
                .setPartition(MemberCommits.nameOf(position))
                .setError(why.toError())
                .build();
    }

    @Override
    public void fetchOffsets(FetchOffsetsRequest request, StreamObserver<FetchOffsetsResponse> response) {
        answers.answer(response, () -> {
            MemberTerms.requireGroup(request.getGroup());
            return parts.calls().offsetsTopic().isEmpty()
                    ? CompletableFuture.completedFuture(FetchOffsetsResponse.getDefaultInstance())
                    : fetch(request);
        });
    }

    private CompletableFuture<FetchOffsetsResponse> fetch(FetchOffsetsRequest request) {
        return parts.calls()
                .call(GroupCall.newBuilder()
                        .setGroup(request.getGroup())
                        .setFetch(FetchPositions.newBuilder().addAllPartitions(request.getPartitionsList())))
                .thenApply(answer -> {
                    FetchOffsetsResponse.Builder found = FetchOffsetsResponse.newBuilder();
                    for (Positions.Position position : answer.getPositions().getPositionsList()) {
                        if (position.hasError()) {
                            throw FlotillaException.fromError(position.getError());
                        }
                        found.addOffsets(position.getAt());
                    }
                    return found.build();
                });
    }
}
