package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Position;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.UpdateTopicRequest;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions and changes, when some brokers do not answer or refuse. */
class AdminTest {
    private static final CreateTopicRequest CREATE = CreateTopicRequest.newBuilder()
            .setTopic(Topic.newBuilder().setName("orders").setPartitionCount(2))
            .build();

    private final FakeCluster cluster;

    AdminTest() throws IOException {
        cluster = new FakeCluster(2);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void readsAllPages() {
        try (FlotillaClient client = client(cluster.bootstrap())) {
            assertThat(FlotillaClient.join(client.admin().topics()))
                    .extracting(Topic::getName)
                    .isEqualTo(IntStream.range(0, 2500).mapToObj(i -> "t" + i).toList());
        }
    }

    /** The fake has no answer to these; what counts here is that each reaches the method it is named after. */
    @Test
    void everyQuestionReachesItsMethod() {
        try (FlotillaClient client = client(cluster.bootstrap())) {
            Admin admin = client.admin();
            List<CompletableFuture<?>> unimplemented = List.of(
                    admin.brokers(),
                    admin.partition(new TopicPartition("orders", 0)),
                    admin.transferLeadership(TransferLeadershipRequest.getDefaultInstance()),
                    admin.clusterHealth(),
                    admin.addBroker(AddBrokerRequest.getDefaultInstance()),
                    admin.deleteTopic(DeleteTopicRequest.getDefaultInstance()),
                    admin.updateTopic(UpdateTopicRequest.getDefaultInstance()),
                    admin.addPartitions(AddPartitionsRequest.getDefaultInstance()),
                    admin.truncateTopic(TruncateTopicRequest.getDefaultInstance()),
                    admin.serverInfo());

            assertThat(unimplemented)
                    .extracting(result -> failure(result).description().replaceFirst("(?s).*v1\\.", ""))
                    .containsExactly(
                            "AdminService/ListBrokers is unimplemented",
                            "AdminService/DescribePartition is unimplemented",
                            "AdminService/TransferLeadership is unimplemented",
                            "AdminService/GetClusterHealth is unimplemented",
                            "AdminService/AddBroker is unimplemented",
                            "AdminService/DeleteTopic is unimplemented",
                            "AdminService/UpdateTopic is unimplemented",
                            "AdminService/AddPartitions is unimplemented",
                            "AdminService/TruncateTopic is unimplemented",
                            "ClusterService/GetServerInfo is unimplemented");
            assertThat(FlotillaClient.join(admin.cluster()).getCluster().getBrokersCount())
                    .isEqualTo(2);
        }
    }

    private static FlotillaException failure(CompletableFuture<?> result) {
        return GrpcErrors.from(result.handle((value, failure) -> failure).join());
    }

    @Test
    void createsATopicThatCanBeUsedAtOnce() {
        try (FlotillaClient client = client(cluster.bootstrap())) {
            Topic created = FlotillaClient.join(client.admin().createTopic(CREATE));

            assertThat(created.getName()).isEqualTo("orders");
            assertThat(FlotillaClient.join(client.topic("orders")).partitionCount())
                    .isEqualTo(2);
            assertThat(client.leader(new TopicPartition("orders", 1)))
                    .contains(cluster.broker(1).endpoint());
        }
    }

    @Test
    void asksTheNextBrokerWhenOneIsNotThere() throws IOException {
        List<Endpoint> bootstrap = List.of(nobody(), nobody(), cluster.broker(1).endpoint());
        try (FlotillaClient client = client(bootstrap)) {
            FlotillaClient.join(client.admin().createTopic(CREATE));

            assertThat(cluster.broker(1).controlCalls).hasValue(1);
        }
    }

    @Test
    void asksTheNextBrokerWhenOneRefusesForNow() {
        cluster.broker(0).controlFailure = FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "shutting down");
        try (FlotillaClient client = client(cluster.bootstrap())) {
            FlotillaClient.join(client.admin().createTopic(CREATE));
            FlotillaClient.join(client.admin().topics());

            assertThat(cluster.broker(0).controlCalls)
                    .as("it is not asked again")
                    .hasValue(1);
        }
    }

    @Test
    void repeatsQuestionsButNoChangesWhoseOutcomeIsUnknown() {
        FlotillaException unknown = FlotillaException.ambiguous(ErrorCode.ERROR_CODE_NO_QUORUM, "lost the majority");
        cluster.broker(0).controlFailure = unknown;
        try (FlotillaClient client = client(cluster.bootstrap())) {
            assertThatThrownBy(() -> FlotillaClient.join(client.admin().createTopic(CREATE)))
                    .isInstanceOfSatisfying(
                            FlotillaException.class,
                            e -> assertThat(e.toError()).isEqualTo(unknown.toError()));
            assertThat(cluster.broker(1).controlCalls).hasValue(0);

            assertThat(FlotillaClient.join(client.admin().topics())).hasSize(2500);
        }
    }

    @Test
    void reportsWhatBrokersReport() {
        try (FlotillaClient client = client(cluster.bootstrap())) {
            CompletableFuture<?> unknownTopic = client.admin().topic("nowhere", true);
            CompletableFuture<Long> unknownPartition = client.admin()
                    .offset(
                            new TopicPartition("nowhere", 0),
                            Position.newBuilder().setOffset(1).build());

            assertThatThrownBy(() -> FlotillaClient.join(unknownTopic)).hasMessageContaining("nowhere does not exist");
            assertThatThrownBy(() -> FlotillaClient.join(unknownPartition))
                    .isInstanceOfSatisfying(
                            FlotillaException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION));
            assertThat(cluster.broker(0).controlCalls.get()
                            + cluster.broker(1).controlCalls.get())
                    .as("asked once each")
                    .isEqualTo(2);
        }
    }

    @Test
    void translatesPositions() {
        cluster.createTopic("orders", 1);
        TopicPartition partition = new TopicPartition("orders", 0);
        cluster.append(partition, "a", "b", "c");
        try (FlotillaClient client = client(cluster.bootstrap())) {
            Position lastTwo = Position.newBuilder().setTailRecords(2).build();

            assertThat(FlotillaClient.join(client.admin().offset(partition, lastTwo)))
                    .isEqualTo(1);
        }
    }

    @Test
    void givesUpWhenNobodyAnswersInTime() throws IOException {
        ClientConfig config = ClientConfig.of(List.of(nobody())).withRequestTimeout(Duration.ofMillis(300));
        try (FlotillaClient client = FlotillaClient.connect(config)) {
            assertThatThrownBy(() -> FlotillaClient.join(client.admin().topics()))
                    .isInstanceOfSatisfying(
                            FlotillaException.class, e -> assertThat(e.status()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    @Test
    void failsWhatIsUnderWayWhenTheClientIsClosed() throws IOException {
        FlotillaClient client = client(List.of(nobody()));
        Admin admin = client.admin();
        CompletableFuture<List<Topic>> underWay = admin.topics();

        client.close();

        assertThatThrownBy(() -> FlotillaClient.join(underWay)).isInstanceOf(FlotillaException.class);
        assertThatThrownBy(() -> FlotillaClient.join(admin.topics())).hasMessageContaining("the client is closed");
        assertThatThrownBy(() -> client.topic("orders")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.producer("orders", ProducerConfig.DEFAULT))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.reader(List.of(), ReaderConfig.DEFAULT))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Where nobody listens. */
    private static Endpoint nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Endpoint("localhost", socket.getLocalPort());
        }
    }

    private static FlotillaClient client(List<Endpoint> bootstrap) {
        return FlotillaClient.connect(ClientConfig.of(bootstrap));
    }
}
