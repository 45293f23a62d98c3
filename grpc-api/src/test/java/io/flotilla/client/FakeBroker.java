package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ClusterServiceGrpc;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.CreateTopicResponse;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.GetMetadataResponse;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.GetTopicResponse;
import io.flotilla.v1.InitProducerRequest;
import io.flotilla.v1.InitProducerResponse;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListOffsetsResponse;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.ListTopicsResponse;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import io.flotilla.v1.Topic;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.ProduceEnvelope;
import io.flotilla.wire.RawMethods;
import io.flotilla.wire.RawServices;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One broker of a {@link FakeCluster}. */
final class FakeBroker {
    private final int id;
    private final int port;
    private final FakeCluster cluster;
    private final List<FakeConsumeCall> consumeCalls = new CopyOnWriteArrayList<>();
    private final List<StreamObserver<ProduceResponse>> produceCalls = new CopyOnWriteArrayList<>();
    private final List<Runnable> held = new ArrayList<>(); // guarded by the cluster's lock
    private volatile Server server;
    private volatile boolean draining;

    /** How many administrative and metadata calls this broker has answered, with whatever. */
    final AtomicInteger controlCalls = new AtomicInteger();

    /** Thrown by every administrative call while it is set. */
    volatile @Nullable FlotillaException controlFailure;

    FakeBroker(int id, FakeCluster cluster) throws IOException {
        this.id = id;
        this.cluster = cluster;
        this.server = server(0).start();
        this.port = server.getPort();
    }

    private Server server(int listenPort) {
        return NettyServerBuilder.forPort(listenPort)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(RawServices.replace(
                        new Producers().bindService(),
                        ServerMethodDefinition.create(
                                RawMethods.SERVE_PRODUCE, ServerCalls.asyncBidiStreamingCall(this::produce))))
                .addService(RawServices.replace(
                        new Offsets().bindService(),
                        ServerMethodDefinition.create(
                                RawMethods.SERVE_CONSUME, ServerCalls.asyncBidiStreamingCall(this::consume))))
                .addService(new Metadata())
                .addService(new Topics())
                .addService(cluster.group())
                .build();
    }

    int id() {
        return id;
    }

    Endpoint endpoint() {
        return new Endpoint("localhost", port);
    }

    BrokerEndpoint toProto() {
        return FakeCluster.endpoint(id, port);
    }

    List<FakeConsumeCall> consumeCalls() {
        return consumeCalls;
    }

    /** Under the cluster's lock: sends readers what they may have. */
    void pump() {
        consumeCalls.forEach(FakeConsumeCall::pump);
    }

    /** Breaks all connections and listens no more. */
    void crash() {
        try {
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumeCalls.clear();
        produceCalls.clear();
    }

    /** After {@link #crash()}: listens again. */
    void restart() {
        draining = false;
        // somebody's outgoing connection may have got the port for a moment
        Await.until("port %d is free".formatted(port), () -> {
            try {
                server = server(port).start();
                return true;
            } catch (IOException inUse) {
                return false;
            }
        });
    }

    /** Deals with the batches that were held. */
    void release() {
        cluster.run(() -> {
            List<Runnable> now = List.copyOf(held);
            held.clear();
            now.forEach(Runnable::run);
        });
    }

    int heldBatches() {
        return cluster.locked(held::size);
    }

    /** Asks producers to open new streams. */
    void drainProducers() {
        Drain drain = Drain.newBuilder().setReason("connection age").build();
        cluster.run(() -> produceCalls.forEach(
                call -> call.onNext(ProduceResponse.newBuilder().setDrain(drain).build())));
    }

    List<StreamObserver<ProduceResponse>> produceCalls() {
        return produceCalls;
    }

    /** Tells all streams to go, refuses new ones, and hands the lead of everything to {@code successor}. */
    void drain(int successor, List<TopicPartition> partitions) {
        draining = true;
        Drain drain =
                Drain.newBuilder().setReason("shutdown").setDeadlineMs(5000).build();
        cluster.run(() -> {
            produceCalls.forEach(call ->
                    call.onNext(ProduceResponse.newBuilder().setDrain(drain).build()));
            consumeCalls.forEach(call -> call.drain(drain));
        });
        partitions.forEach(partition -> cluster.moveLeader(partition, successor));
    }

    private StreamObserver<byte[]> produce(StreamObserver<ProduceResponse> answers) {
        if (draining) {
            answers.onError(GrpcErrors.toStatus(drainingError()));
            return new Ignored<>();
        }
        produceCalls.add(answers);
        return new StreamObserver<>() {
            private final Map<TopicPartition, FlotillaException> refusals = new HashMap<>();
            private boolean broken;

            @Override
            public void onNext(byte[] request) {
                cluster.run(() -> {
                    if (!broken) {
                        broken = !answer(ProduceEnvelope.scan(request), refusals, answers);
                    }
                });
            }

            @Override
            public void onError(Throwable failure) {
                produceCalls.remove(answers);
            }

            @Override
            public void onCompleted() {
                cluster.run(() -> {
                    produceCalls.remove(answers);
                    if (!broken) {
                        answers.onCompleted();
                    }
                });
            }
        };
    }

    /** False when the call is over. */
    private boolean answer(
            ProduceEnvelope batch,
            Map<TopicPartition, FlotillaException> refusals,
            StreamObserver<ProduceResponse> answers) {
        FakeCluster.Faults faults = cluster.faults();
        if (faults.ignores(id, batch)) {
            return true;
        }
        if (faults.holds(id, batch)) {
            held.add(() -> answer(batch, refusals, answers));
            return true;
        }
        ProduceResponse.Builder answer = ProduceResponse.newBuilder().setCorrelationId(batch.correlationId());
        TopicPartition partition = new TopicPartition(batch.topic(), batch.partition());
        if (!batch.hasLeaderEpoch() || faults.letsBatchesOvertake()) {
            refusals.remove(partition);
        }
        try {
            FlotillaException before = refusals.get(partition);
            FlotillaException refusal = before != null ? before : faults.refuse(id, batch);
            if (refusal != null) {
                throw refusal;
            }
            answer.setAppended(cluster.append(id, batch));
            if (faults.breaksAfterWriting(id, batch)) {
                answers.onError(Status.UNAVAILABLE.withDescription("broken").asRuntimeException());
                return false;
            }
        } catch (FlotillaException e) {
            answer.setError(e.toError());
            if (e.retriable()) {
                refusals.put(partition, e);
            }
        } catch (FormatException e) {
            answer.setError(FlotillaException.of(e.code(), String.valueOf(e.getMessage()))
                    .toError());
        }
        answers.onNext(answer.build());
        return true;
    }

    private final class Producers extends ProduceServiceGrpc.ProduceServiceImplBase {
        @Override
        public void initProducer(InitProducerRequest request, StreamObserver<InitProducerResponse> response) {
            response.onNext(InitProducerResponse.newBuilder()
                    .setProducerId(cluster.nextProducerId())
                    .setMaxInFlightBatches(64)
                    .build());
            response.onCompleted();
        }
    }

    private StreamObserver<ConsumeRequest> consume(StreamObserver<OutboundMessage> answers) {
        if (draining) {
            answers.onError(GrpcErrors.toStatus(drainingError()));
            return new Ignored<>();
        }
        ((ServerCallStreamObserver<OutboundMessage>) answers).setOnCancelHandler(() -> {}); // onError tells
        FakeConsumeCall call = new FakeConsumeCall(id, cluster, answers, consumeCalls::remove);
        consumeCalls.add(call);
        return call;
    }

    private static FlotillaException drainingError() {
        return FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "this broker is shutting down");
    }

    private <A> void answerControl(StreamObserver<A> answer, Supplier<A> value) {
        controlCalls.incrementAndGet();
        try {
            FlotillaException failure = controlFailure;
            if (failure != null) {
                throw failure;
            }
            answer.onNext(cluster.locked(value));
            answer.onCompleted();
        } catch (FlotillaException e) {
            answer.onError(GrpcErrors.toStatus(e));
        }
    }

    private final class Metadata extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void getMetadata(GetMetadataRequest request, StreamObserver<GetMetadataResponse> answer) {
            answerControl(answer, () -> cluster.metadata(request.getTopicsList()));
        }
    }

    private final class Offsets extends ConsumeServiceGrpc.ConsumeServiceImplBase {
        @Override
        public void listOffsets(ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> answer) {
            answerControl(answer, () -> {
                ListOffsetsResponse.Builder results = ListOffsetsResponse.newBuilder();
                for (ListOffsetsRequest.Query query : request.getQueriesList()) {
                    ListOffsetsResponse.Result.Builder result = results.addResultsBuilder();
                    try {
                        FakeLog log = cluster.log(new TopicPartition(query.getTopic(), query.getPartition()));
                        result.setFound(ListOffsetsResponse.Found.newBuilder()
                                .setOffset(cluster.offset(log, query.getPosition())));
                    } catch (FlotillaException e) {
                        result.setError(e.toError());
                    }
                }
                return results.build();
            });
        }
    }

    /** Topics t0 to t2499, in pages. */
    private final class Topics extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> answer) {
            answerControl(answer, () -> {
                int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
                int to = Math.min(2500, from + request.getPageSize());
                return ListTopicsResponse.newBuilder()
                        .addAllTopics(IntStream.range(from, to)
                                .mapToObj(
                                        i -> Topic.newBuilder().setName("t" + i).build())
                                .toList())
                        .setNextPageToken(to == 2500 ? "" : Integer.toString(to))
                        .build();
            });
        }

        @Override
        public void getTopic(GetTopicRequest request, StreamObserver<GetTopicResponse> answer) {
            answerControl(answer, () -> {
                throw FakeCluster.unknown(request.getName());
            });
        }

        @Override
        public void createTopic(CreateTopicRequest request, StreamObserver<CreateTopicResponse> answer) {
            answerControl(answer, () -> {
                cluster.createTopic(
                        request.getTopic().getName(), request.getTopic().getPartitionCount());
                return CreateTopicResponse.newBuilder()
                        .setTopic(request.getTopic())
                        .build();
            });
        }
    }

    private static final class Ignored<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
