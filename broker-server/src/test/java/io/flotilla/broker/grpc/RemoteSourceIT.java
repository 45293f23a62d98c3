package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.Batches;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.FetchResponse;
import io.flotilla.v1.LeaderHint;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads from a leader that has nothing, until it has. */
class RemoteSourceIT {
    private static final int EMPTY_ANSWERS = 3;

    private final BlockingQueue<FetchRequest> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<StreamObserver<FetchResponse>> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger answersNow = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Server leader;
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final SharedFetches fetches = new SharedFetches(channels, 1 << 20);
    private final Serial serial = new Serial(Runnable::run);

    RemoteSourceIT() throws IOException {
        leader = NettyServerBuilder.forPort(0)
                .addService(new ConsumeServiceGrpc.ConsumeServiceImplBase() {
                    @Override
                    public void fetch(FetchRequest request, StreamObserver<FetchResponse> out) {
                        ((ServerCallStreamObserver<FetchResponse>) out).setOnCancelHandler(cancelled::incrementAndGet);
                        asked.add(request);
                        if (answersNow.getAndDecrement() > 0) {
                            answerNothing(out);
                        } else {
                            waiting.add(out);
                        }
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void close() {
        leader.shutdownNow();
        channels.close();
    }

    private static void answerNothing(StreamObserver<FetchResponse> out) {
        out.onNext(FetchResponse.newBuilder()
                .setBatches(
                        Batches.newBuilder().setTopic("orders").setNextOffset(7).setHighWatermark(7))
                .build());
        out.onCompleted();
    }

    private RemoteSource source() {
        LeaderHint hint = LeaderHint.newBuilder()
                .setEndpoint(BrokerEndpoint.newBuilder().setHost("127.0.0.1").setPort(leader.getPort()))
                .build();
        return new RemoteSource(new TestBroker().orders(), 0, hint, fetches, serial);
    }

    @Test
    void asksAgainAfterEachEmptyAnswer() throws InterruptedException {
        answersNow.set(EMPTY_ANSWERS);
        RemoteSource source = source();
        CountDownLatch empty = new CountDownLatch(EMPTY_ANSWERS);
        Runnable poll = new Runnable() {
            @Override
            public void run() {
                Chunk chunk = source.poll(7, 1000, this);
                if (chunk != null && chunk.isEmpty() && chunk.highWatermark() == 7) {
                    empty.countDown();
                }
            }
        };

        serial.execute(poll);

        assertThat(empty.await(1, TimeUnit.MINUTES)).isTrue();
        List<FetchRequest> requests = List.of(take(), take(), take(), take());
        assertThat(requests).allMatch(request -> request.getFrom().getOffset() == 7);
        serial.execute(source::close);
    }

    @Test
    void readersThatWaitForTheSameShareACallThatOutlivesThem() throws InterruptedException {
        List<RemoteSource> crowd = Stream.generate(this::source).limit(100).toList();
        CountDownLatch told = new CountDownLatch(1);
        RemoteSource stays = source();
        serial.execute(() -> crowd.forEach(source -> source.poll(7, 1000, () -> {
            throw new AssertionError("told, though it has left");
        })));
        serial.execute(() -> stays.poll(7, 900, told::countDown)); // shares: both are 512 when rounded

        serial.execute(() -> crowd.forEach(RemoteSource::close));
        take();
        answerNothing(waiting.take());

        assertThat(told.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(asked).as("further requests").isEmpty();
        assertThat(cancelled).hasValue(0);
        Await.until("nothing is under way", () -> fetches.count() == 0);
    }

    @Test
    void readersOfOtherPlacesAskForThemselves() throws InterruptedException {
        serial.execute(() -> source().poll(7, 1000, () -> {}));
        serial.execute(() -> source().poll(8, 1000, () -> {}));
        serial.execute(() -> source().poll(8, 2000, () -> {}));

        assertThat(List.of(take(), take(), take()))
                .extracting(request -> request.getFrom().getOffset(), FetchRequest::getMaxBytes)
                .containsExactlyInAnyOrder(tuple(7L, 512), tuple(8L, 512), tuple(8L, 1024));
    }

    private FetchRequest take() throws InterruptedException {
        FetchRequest request = asked.poll(1, TimeUnit.MINUTES);
        assertThat(request).as("a request").isNotNull();
        return request;
    }
}
