package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.v1.Batches;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.FetchResponse;
import io.flotilla.v1.LeaderHint;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads from a leader that has nothing, until it has. */
class RemoteSourceIT {
    private static final int EMPTY_ANSWERS = 3;

    private final BlockingQueue<FetchRequest> asked = new LinkedBlockingQueue<>();
    private final Server leader;
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final Serial serial = new Serial(Runnable::run);

    RemoteSourceIT() throws IOException {
        leader = NettyServerBuilder.forPort(0)
                .addService(new ConsumeServiceGrpc.ConsumeServiceImplBase() {
                    @Override
                    public void fetch(FetchRequest request, StreamObserver<FetchResponse> out) {
                        asked.add(request);
                        if (asked.size() <= EMPTY_ANSWERS) {
                            out.onNext(FetchResponse.newBuilder()
                                    .setBatches(Batches.newBuilder()
                                            .setTopic("orders")
                                            .setNextOffset(7)
                                            .setHighWatermark(7))
                                    .build());
                            out.onCompleted();
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

    @Test
    void asksAgainAfterEachEmptyAnswer() throws InterruptedException {
        LeaderHint hint = LeaderHint.newBuilder()
                .setEndpoint(BrokerEndpoint.newBuilder().setHost("127.0.0.1").setPort(leader.getPort()))
                .build();
        RemoteSource source = new RemoteSource(new TestBroker().orders(), 0, hint, channels, 1 << 20, serial);
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

    private FetchRequest take() throws InterruptedException {
        FetchRequest request = asked.poll(1, TimeUnit.MINUTES);
        assertThat(request).as("a request").isNotNull();
        return request;
    }
}
