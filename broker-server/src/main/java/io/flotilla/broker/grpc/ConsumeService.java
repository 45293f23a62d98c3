package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListOffsetsResponse;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Reading: one Fetch at a time, or a Consume call that is fed as records are committed. */
final class ConsumeService extends ConsumeServiceGrpc.ConsumeServiceImplBase {
    static final int HEARTBEAT_MS = 10_000;
    private static final int OPEN_WITHIN_SECONDS = 10;
    private static final int MAX_QUERIES = 1000;

    private final Routing routing;
    private final CursorStarts starts;
    private final OffsetLookup lookup;
    private final FetchForwarder forwarder;
    private final OpenCalls calls;
    private final InstantSource clock;
    private final Executor pool;
    private final ScheduledExecutorService timer;
    private final Set<ConsumeSession> sessions = ConcurrentHashMap.newKeySet();

    ConsumeService(
            Routing routing,
            CursorStarts starts,
            OffsetLookup lookup,
            FetchForwarder forwarder,
            OpenCalls calls,
            InstantSource clock,
            Executor pool,
            ScheduledExecutorService timer) {
        this.routing = routing;
        this.starts = starts;
        this.lookup = lookup;
        this.forwarder = forwarder;
        this.calls = calls;
        this.clock = clock;
        this.pool = pool;
        this.timer = timer;
        var unused = timer.scheduleWithFixedDelay(
                () -> sessions.forEach(session -> session.heartbeat(HEARTBEAT_MS)), 1, 1, TimeUnit.SECONDS);
    }

    /** The service with Fetch and Consume sending batches as they are stored. */
    ServerServiceDefinition definition() {
        return RawServices.replace(
                bindService(),
                ServerMethodDefinition.create(RawMethods.SERVE_FETCH, ServerCalls.asyncUnaryCall(this::fetchRaw)),
                ServerMethodDefinition.create(
                        RawMethods.SERVE_CONSUME, ServerCalls.asyncBidiStreamingCall(this::consumeRaw)));
    }

    private void fetchRaw(FetchRequest request, StreamObserver<OutboundMessage> response) {
        try {
            Topic topic = routing.topic(request.getTopic(), request.getTopicId());
            PartitionId id = routing.partition(topic, request.getPartition());
            Optional<Partition> here = routing.ledHere(id);
            if (here.isPresent()) {
                new FetchCall(
                                request,
                                topic,
                                here.get(),
                                routing,
                                (ServerCallStreamObserver<OutboundMessage>) response,
                                pool)
                        .start(timer);
                return;
            }
            Optional<LeaderHint> leader = request.getLeaderOnly() || Forwarding.isForwarded()
                    ? Optional.empty()
                    : routing.leaderElsewhere(id);
            forwarder.forward(request, leader.orElseThrow(() -> routing.notLeader(id)), response);
        } catch (RuntimeException | LogException e) {
            response.onError(GrpcErrors.toStatus(Errors.of(e)));
        }
    }

    private StreamObserver<ConsumeRequest> consumeRaw(StreamObserver<OutboundMessage> responses) {
        try {
            calls.enter();
        } catch (FlotillaException e) {
            responses.onError(GrpcErrors.toStatus(e));
            return new ProduceService.Refused<>();
        }
        ConsumeSession session =
                new ConsumeSession((ServerCallStreamObserver<OutboundMessage>) responses, starts, clock, pool, calls);
        calls.add(session);
        sessions.add(session);
        session.onEnd(() -> sessions.remove(session));
        var unused = timer.schedule(session::requireOpen, OPEN_WITHIN_SECONDS, TimeUnit.SECONDS);
        return session;
    }

    @Override
    public void listOffsets(ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> response) {
        int count = request.getQueriesCount();
        if (count == 0 || count > MAX_QUERIES) {
            response.onError(GrpcErrors.toStatus(
                    Errors.invalid("the request has %d queries; must be 1 to %d".formatted(count, MAX_QUERIES))));
            return;
        }
        boolean mayForward = !Forwarding.isForwarded();
        List<CompletableFuture<ListOffsetsResponse.Result>> results = new ArrayList<>();
        request.getQueriesList().forEach(query -> results.add(find(query, mayForward)));
        var unused = CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .whenComplete((done, error) -> {
                    ListOffsetsResponse.Builder all = ListOffsetsResponse.newBuilder();
                    results.forEach(result -> all.addResults(result.join()));
                    response.onNext(all.build());
                    response.onCompleted();
                });
    }

    private CompletableFuture<ListOffsetsResponse.Result> find(ListOffsetsRequest.Query query, boolean mayForward) {
        ListOffsetsResponse.Result.Builder result = ListOffsetsResponse.Result.newBuilder()
                .setTopic(query.getTopic())
                .setPartition(query.getPartition());
        try {
            Topic topic = routing.topic(query.getTopic(), query.getTopicId());
            return lookup.find(topic, routing.partition(topic, query.getPartition()), query.getPosition(), mayForward)
                    .handle((found, error) -> error == null
                            ? result.setFound(found).build()
                            : result.setError(Errors.of(error).toError()).build());
        } catch (FlotillaException e) {
            return CompletableFuture.completedFuture(
                    result.setError(e.toError()).build());
        }
    }
}
