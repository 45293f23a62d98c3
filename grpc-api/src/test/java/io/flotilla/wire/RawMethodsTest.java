package io.flotilla.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.Seeds;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.record.RandomRecords;
import io.flotilla.record.TestFrames;
import io.flotilla.v1.Appended;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.FetchResponse;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListOffsetsResponse;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import io.flotilla.v1.RecordBatch;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw methods over a real connection and inside one process, with raw and with generated peers. */
class RawMethodsTest {
    private final Stored stored = new Stored();
    private final List<Runnable> running = new ArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(Runnable::run);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theServerGetsTheBatchAsTheClientEncodedIt(boolean network) throws Exception {
        ManagedChannel channel = start(network);
        RecordBatch batch = new RandomRecords(Seeds.random(1)).batch();
        ProduceRequest header = ProduceRequest.newBuilder()
                .setCorrelationId(5)
                .setTopic("orders")
                .build();

        ProduceResponse generated = one(
                ProduceServiceGrpc.newStub(channel)::produce,
                header.toBuilder().setBatch(batch).build());
        ProduceResponse raw = one(
                answers -> ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(RawMethods.CALL_PRODUCE, CallOptions.DEFAULT), answers),
                OutboundMessage.produce(header, body(batch.toByteString())));

        assertThat(generated.getCorrelationId()).isEqualTo(5);
        assertThat(raw).isEqualTo(generated);
        assertThat(stored.batches).containsExactly(batch.toByteString(), batch.toByteString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientsGetTheFramesAsTheyAreStored(boolean network) throws Exception {
        ManagedChannel channel = start(network);
        ConsumeRequest open = ConsumeRequest.newBuilder()
                .setOpen(ConsumeRequest.Open.getDefaultInstance())
                .build();

        ConsumeResponse generated = one(ConsumeServiceGrpc.newStub(channel)::consume, open);
        byte[] raw = one(
                answers -> ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(RawMethods.CALL_CONSUME, CallOptions.DEFAULT), answers),
                open);
        byte[] fetched = ClientCalls.blockingUnaryCall(
                channel, RawMethods.CALL_FETCH, CallOptions.DEFAULT, FetchRequest.getDefaultInstance());
        FetchResponse fetchedGenerated =
                ConsumeServiceGrpc.newBlockingStub(channel).fetch(FetchRequest.getDefaultInstance());

        assertThat(generated.getBatches().getBatchesList()).hasSize(3);
        assertThat(generated.getBatches().getNextOffset()).isEqualTo(Stored.HEADER.getNextOffset());
        assertThat(fetchedGenerated.getBatches()).isEqualTo(generated.getBatches());
        assertThat(frames(raw)).containsExactly(10L, 11L, 12L).isEqualTo(frames(fetched));
        assertThat(stored.opened).hasValue(4);
        assertThat(stored.closed).hasValue(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherEventsPassAsMessages(boolean network) throws Exception {
        ManagedChannel channel = start(network);
        ConsumeRequest credit = ConsumeRequest.newBuilder()
                .setCredit(ConsumeRequest.Credit.getDefaultInstance())
                .build();

        byte[] raw = one(
                answers -> ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(RawMethods.CALL_CONSUME, CallOptions.DEFAULT), answers),
                credit);

        assertThat(InboundEvent.parse(raw))
                .isEqualTo(new InboundEvent.Other(ConsumeResponse.newBuilder()
                        .setCaughtUp(ConsumeResponse.CaughtUp.newBuilder().setOffset(9))
                        .build()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void methodsThatWereNotReplacedGoOn(boolean network) throws Exception {
        ManagedChannel channel = start(network);

        assertThatThrownBy(() -> ConsumeServiceGrpc.newBlockingStub(channel)
                        .listOffsets(ListOffsetsRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    FlotillaException error = GrpcErrors.from(e);
                    assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
                    assertThat(error.retryAfterMs()).isEqualTo(70);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity"})
    void refusesCompressedMessages(String encoding) throws Exception {
        ManagedChannel channel = start(true);
        RecordBatch batch = new RandomRecords(Seeds.random(1)).batch();
        ProduceRequest request =
                ProduceRequest.newBuilder().setTopic("orders").setBatch(batch).build();
        ProduceServiceGrpc.ProduceServiceStub stub =
                ProduceServiceGrpc.newStub(channel).withCompression(encoding);

        if (encoding.equals("identity")) {
            assertThat(one(stub::produce, request).hasAppended()).isTrue();
        } else {
            assertThatThrownBy(() -> one(stub::produce, request))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
                        assertThat(GrpcErrors.from(e).code()).isEqualTo(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flotilla.v1.ProduceService", "flotilla.v1.ConsumeService"})
    void reflectionStillDescribesTheServices(String service) throws Exception {
        ManagedChannel channel = start(true);

        ServerReflectionResponse described = one(
                ServerReflectionGrpc.newStub(channel)::serverReflectionInfo,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol(service)
                        .build());

        assertThat(described.getFileDescriptorResponse().getFileDescriptorProtoList())
                .anySatisfy(file -> assertThat(file.toStringUtf8()).contains("flotilla/v1/"));
        assertThat(described.hasErrorResponse()).isFalse();
    }

    private ManagedChannel start(boolean network) throws IOException {
        ServerBuilder<?> builder = network
                ? NettyServerBuilder.forPort(0)
                : InProcessServerBuilder.forName("raw-methods").directExecutor();
        Server server = builder.addService(RawServices.replace(
                        new ProduceServiceGrpc.ProduceServiceImplBase() {}.bindService(),
                        ServerMethodDefinition.create(
                                RawMethods.SERVE_PRODUCE, ServerCalls.asyncBidiStreamingCall(stored::produce))))
                .addService(RawServices.replace(
                        new Overloaded().bindService(),
                        ServerMethodDefinition.create(
                                RawMethods.SERVE_CONSUME, ServerCalls.asyncBidiStreamingCall(stored::consume)),
                        ServerMethodDefinition.create(
                                RawMethods.SERVE_FETCH, ServerCalls.asyncUnaryCall(stored::fetch))))
                .addService(ProtoReflectionServiceV1.newInstance())
                .build()
                .start();
        running.add(server::shutdownNow);
        ManagedChannel channel = network
                ? NettyChannelBuilder.forAddress("localhost", server.getPort())
                        .usePlaintext()
                        .build()
                : InProcessChannelBuilder.forName("raw-methods")
                        .directExecutor()
                        .build();
        running.add(channel::shutdownNow);
        return channel;
    }

    private static List<Long> frames(byte[] answer) {
        assertThat(InboundEvent.parse(answer)).isInstanceOf(InboundEvent.Frames.class);
        InboundEvent.Frames frames = (InboundEvent.Frames) InboundEvent.parse(answer);
        assertThat(frames.header()).isEqualTo(Stored.HEADER);
        List<Long> offsets = new ArrayList<>();
        for (BatchFrame frame : new BatchFrames(frames.bytes(), frames.from(), frames.bytes().length)) {
            frame.verifyBody();
            offsets.add(frame.baseOffset());
        }
        return offsets;
    }

    private static FrameBody body(ByteString bytes) {
        return FrameBody.of(bytes.toByteArray(), 0, bytes.size());
    }

    private interface Call<Q, A> {
        StreamObserver<Q> start(StreamObserver<A> answers);
    }

    /** Sends one message, half-closes, and waits for the one answer. */
    private static <Q, A> A one(Call<Q, A> call, Q request) throws InterruptedException {
        BlockingQueue<Object> results = new ArrayBlockingQueue<>(10);
        StreamObserver<Q> requests = call.start(new StreamObserver<>() {
            @Override
            public void onNext(A answer) {
                results.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                results.add(failure);
            }

            @Override
            public void onCompleted() {}
        });
        requests.onNext(request);
        requests.onCompleted();
        Object result = results.poll(20, TimeUnit.SECONDS);
        if (result instanceof RuntimeException failure) {
            throw failure;
        }
        assertThat(result).isNotNull();
        @SuppressWarnings("unchecked")
        A answer = (A) result;
        return answer;
    }

    private static final class Overloaded extends ConsumeServiceGrpc.ConsumeServiceImplBase {
        @Override
        public void listOffsets(ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> answer) {
            answer.onError(GrpcErrors.toStatus(FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "try later")
                    .withRetryAfter(70)));
        }
    }

    /** A broker's side of the raw methods, with three frames of one record. */
    private static final class Stored {
        static final Batches HEADER = Batches.newBuilder()
                .setTopic("orders")
                .setPartition(3)
                .setNextOffset(13)
                .setHighWatermark(20)
                .setCreditBytes(777)
                .build();

        final List<ByteString> batches = new CopyOnWriteArrayList<>();
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();

        StreamObserver<byte[]> produce(StreamObserver<ProduceResponse> answers) {
            return new Echo<>(answers, request -> {
                ProduceEnvelope envelope = ProduceEnvelope.scan(request);
                batches.add(ByteString.copyFrom(request, envelope.batchPosition(), envelope.batchBytes()));
                return ProduceResponse.newBuilder()
                        .setCorrelationId(envelope.correlationId())
                        .setAppended(Appended.newBuilder().setBaseOffset(3))
                        .build();
            });
        }

        StreamObserver<ConsumeRequest> consume(StreamObserver<OutboundMessage> answers) {
            return new Echo<>(
                    answers,
                    request -> request.hasOpen()
                            ? OutboundMessage.batches(HEADER, frames())
                            : OutboundMessage.of(ConsumeResponse.newBuilder()
                                    .setCaughtUp(ConsumeResponse.CaughtUp.newBuilder()
                                            .setOffset(9))
                                    .build()));
        }

        void fetch(FetchRequest request, StreamObserver<OutboundMessage> answer) {
            answer.onNext(OutboundMessage.batches(HEADER, frames()));
            answer.onCompleted();
        }

        private FrameBody frames() {
            opened.incrementAndGet();
            ByteString frames = ByteString.EMPTY;
            for (long offset = 10; offset < 13; offset++) {
                frames = frames.concat(ByteString.copyFrom(
                        TestFrames.frame(offset, "value " + offset).bytes()));
            }
            FrameBody bytes = body(frames);
            return new FrameBody() {
                @Override
                public int size() {
                    return bytes.size();
                }

                @Override
                public void writeTo(OutputStream out) throws IOException {
                    bytes.writeTo(out);
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }

    private record Echo<Q, A>(StreamObserver<A> answers, Function<Q, A> answer) implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {
            answers.onNext(answer.apply(request));
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }
}
