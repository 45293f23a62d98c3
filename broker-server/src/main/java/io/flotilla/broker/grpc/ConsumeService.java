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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
    private final Answers answers;
    private final Set<ConsumeSession> sessions = ConcurrentHashMap.newKeySet();

    ConsumeService(
            Routing routing,
            CursorStarts starts,
            OffsetLookup lookup,
            FetchForwarder forwarder,
            OpenCalls calls,
            InstantSource clock,
            Executor pool,
            ScheduledExecutorService timer,
            Answers answers) {
        this.routing = routing;
        this.starts = starts;
        this.lookup = lookup;
        this.forwarder = forwarder;
        this.calls = calls;
        this.clock = clock;
        this.pool = pool;
        this.timer = timer;
        this.answers = answers;
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
        boolean mayForward = !request.getLeaderOnly() && !Forwarding.isForwarded();
        var unused = answers.informed(() -> {
                    Topic topic = routing.topic(request.getTopic(), request.getTopicId());
                    fetch(request, topic, mayForward, response);
                    return CompletableFuture.completedFuture(topic);
                })
                .whenComplete((begun, error) -> {
                    if (error != null) {
                        response.onError(GrpcErrors.toStatus(Errors.of(error)));
                    }
                });
    }

    private void fetch(
            FetchRequest request, Topic topic, boolean mayForward, StreamObserver<OutboundMessage> response) {
        PartitionId id = routing.partition(topic, request.getPartition());
        Optional<Partition> here = routing.ledHere(id);
        if (here.isPresent()) {
            begin(request, topic, here.get(), response);
        } else {
            Optional<LeaderHint> leader = mayForward ? routing.leaderElsewhere(id) : Optional.empty();
            forwarder.forward(request, leader.orElseThrow(() -> routing.notLeader(id)), response);
        }
    }

    private void begin(FetchRequest request, Topic topic, Partition here, StreamObserver<OutboundMessage> response) {
        try {
            new FetchCall(request, topic, here, routing, (ServerCallStreamObserver<OutboundMessage>) response, pool)
                    .start(timer);
        } catch (LogException e) {
            throw new CompletionException(e);
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
        boolean mayForward = !Forwarding.isForwarded();
        answers.answer(response, () -> {
            int count = request.getQueriesCount();
            if (count == 0 || count > MAX_QUERIES) {
                throw Errors.invalid("the request has %d queries; must be 1 to %d".formatted(count, MAX_QUERIES));
            }
            List<CompletableFuture<ListOffsetsResponse.Result>> results = request.getQueriesList().stream()
                    .map(query -> find(query, mayForward))
                    .toList();
            return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                    .thenApply(done -> ListOffsetsResponse.newBuilder()
                            .addAllResults(results.stream()
                                    .map(CompletableFuture::join)
                                    .toList())
                            .build());
        });
    }

    private CompletableFuture<ListOffsetsResponse.Result> find(ListOffsetsRequest.Query query, boolean mayForward) {
        ListOffsetsResponse.Result.Builder result = ListOffsetsResponse.Result.newBuilder()
                .setTopic(query.getTopic())
                .setPartition(query.getPartition());
        return answers.informed(() -> {
                    Topic topic = routing.topic(query.getTopic(), query.getTopicId());
                    PartitionId id = routing.partition(topic, query.getPartition());
                    return lookup.find(topic, id, query.getPosition(), mayForward);
                })
                .handle((found, error) -> error == null
                        ? result.setFound(found).build()
                        : result.setError(Errors.of(error).toError()).build());
    }
}
