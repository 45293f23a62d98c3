package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.client.Endpoint;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.Peer;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddBrokerResponse;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.InternalEndpoint;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that asks brokers which answer when the test says so. */
class ClusterJoinIT {
    private static final AddBrokerRequest REQUEST =
            AddBrokerRequest.newBuilder().setBrokerId(4).build();
    private static final AddBrokerResponse ADMITTED = AddBrokerResponse.newBuilder()
            .setClusterId("bright-otter")
            .addMetadataMembers(member(1, true))
            .addMetadataMembers(member(2, false))
            .build();

    private final List<Server> servers = new ArrayList<>();
    private final FakeBroker first = new FakeBroker();
    private final FakeBroker second = new FakeBroker();
    private final List<Endpoint> both = List.of(start(first), start(second));

    private static final class FakeBroker extends AdminServiceGrpc.AdminServiceImplBase {
        private final BlockingQueue<StreamObserver<AddBrokerResponse>> asked = new LinkedBlockingQueue<>();

        @Override
        public void addBroker(AddBrokerRequest request, StreamObserver<AddBrokerResponse> response) {
            asked.add(response);
        }

        private StreamObserver<AddBrokerResponse> next() throws InterruptedException {
            StreamObserver<AddBrokerResponse> call = asked.poll(1, TimeUnit.MINUTES);
            assertThat(call).as("a call within a minute").isNotNull();
            return call;
        }

        private void admits() throws InterruptedException {
            StreamObserver<AddBrokerResponse> call = next();
            call.onNext(ADMITTED);
            call.onCompleted();
        }

        private void refuses(ErrorCode code) throws InterruptedException {
            next().onError(GrpcErrors.toStatus(FlotillaException.of(code, "no")));
        }
    }

    private static AddBrokerResponse.MetadataMember member(int id, boolean votes) {
        return AddBrokerResponse.MetadataMember.newBuilder()
                .setBrokerId(id)
                .setRaft(InternalEndpoint.newBuilder().setHost("host-" + id).setPort(7401))
                .setVoter(votes)
                .build();
    }

    private Endpoint start(FakeBroker broker) {
        try {
            Server server =
                    NettyServerBuilder.forPort(0).addService(broker).build().start();
            servers.add(server);
            return new Endpoint("127.0.0.1", server.getPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        servers.forEach(Server::shutdownNow);
    }

    private static FlotillaException failure(CompletableFuture<?> asked) {
        return asked.handle((done, error) -> GrpcErrors.from(error))
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
    }

    @Test
    void doesNotWaitForTheAnswer() throws Exception {
        CompletableFuture<ClusterJoin.Admission> asked = ClusterJoin.ask(both, REQUEST);

        assertThat(asked).isNotDone();
        first.admits();

        assertThat(asked.get(1, TimeUnit.MINUTES))
                .isEqualTo(new ClusterJoin.Admission("bright-otter", List.of(new Peer(1, "host-1", 7401))));
        assertThat(second.asked).isEmpty();
    }

    @Test
    void asksTheNextWhenOneCannotTakeItYet() throws Exception {
        CompletableFuture<ClusterJoin.Admission> asked = ClusterJoin.ask(both, REQUEST);

        first.refuses(ErrorCode.ERROR_CODE_NO_QUORUM);
        second.admits();

        assertThat(asked.get(1, TimeUnit.MINUTES).clusterId()).isEqualTo("bright-otter");
    }

    @Test
    void asksTheNextWhenOneCannotBeReached() throws Exception {
        servers.get(0).shutdownNow().awaitTermination();

        CompletableFuture<ClusterJoin.Admission> asked = ClusterJoin.ask(both, REQUEST);
        second.admits();

        assertThat(asked.get(1, TimeUnit.MINUTES).clusterId()).isEqualTo("bright-otter");
    }

    @Test
    void aRefusalIsFinal() throws Exception {
        CompletableFuture<ClusterJoin.Admission> asked = ClusterJoin.ask(both, REQUEST);

        first.refuses(ErrorCode.ERROR_CODE_INVALID_REQUEST);

        assertThat(failure(asked).retriable()).isFalse();
        assertThat(second.asked).isEmpty();
    }

    @Test
    void whenNobodyTakesItYetItMayAskAgain() throws Exception {
        CompletableFuture<ClusterJoin.Admission> asked = ClusterJoin.ask(both, REQUEST);

        first.refuses(ErrorCode.ERROR_CODE_NO_QUORUM);
        second.refuses(ErrorCode.ERROR_CODE_NO_QUORUM);

        assertThat(failure(asked).retriable()).isTrue();
    }
}
