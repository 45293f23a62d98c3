package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.client.TopicPartition;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.TopicId;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.Broker;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetClusterHealthRequest;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.ListBrokersRequest;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.Replica;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that come, go, move their leads and lose their disks, under one cluster that goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {
    @TempDir
    static Path root;

    private static final Set<State> HEALTHY = Set.of(State.STATE_LEADER, State.STATE_FOLLOWER);

    private Fleet fleet;
    private FlotillaClient client;
    private final Map<Integer, ManagedChannel> channels = new ConcurrentHashMap<>();

    @BeforeEach
    void threeBrokersRun() throws Exception {
        if (fleet == null) {
            fleet = Fleet.start(root, 3, Map.of("leadership.balance-interval", "1s", "fetch.tail-cache-bytes", "1MiB"));
        }
        client = fleet.client();
    }

    @AfterEach
    void nobodyGaveUp() {
        client.close();
        assertThat(fleet.fatal()).isEmpty();
    }

    @AfterAll
    void stop() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        fleet.close();
    }

    @Test
    void aFourthBrokerJoinsAndGetsReplicasOfNewTopics() throws Exception {
        fleet.join(4);
        fleet.awaitReady();
        Topics.create(client, "wide", 8, 3);

        List<PartitionDescription> partitions = describe(1, "wide");
        assertThat(partitions)
                .anyMatch(partition ->
                        partition.getReplicasList().stream().anyMatch(replica -> replica.getBrokerId() == 4));
        int partition = IntStream.range(0, 8)
                .filter(p -> partitions.get(p).getReplicasList().stream().anyMatch(r -> r.getBrokerId() == 4))
                .findFirst()
                .orElseThrow();
        send("wide", partition, 0, 100);
        Fleet.await(
                "broker 4 has what the leader has",
                () -> replica(1, "wide", partition, 4)
                        .filter(replica -> replica.getLagEntries() == 0 || replica.getState() == State.STATE_LEADER)
                        .isPresent());
        fleet.shutDown(4);
        Fleet.await(
                "no replica is placed on broker 4 any more",
                () -> admin(1).listBrokers(ListBrokersRequest.getDefaultInstance()).getBrokersList().stream()
                        .anyMatch(broker -> broker.getState() == Broker.State.STATE_OFFLINE));
        assertThat(values("wide", partition)).isEqualTo(names(0, 100));
        FlotillaClient.join(client.admin()
                .deleteTopic(DeleteTopicRequest.newBuilder().setName("wide").build()));
    }

    @Test
    void aBrokerThatHearsOfNobodyDoesNotSayThatThereAreNoTopics() throws Exception {
        Topics.create(client, "remembered", 1, 3);
        for (int id = 1; id <= 3; id++) {
            fleet.shutDown(id);
        }
        fleet.start(1);

        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class, () -> admin(1).listTopics(ListTopicsRequest.getDefaultInstance()));
        GetClusterHealthResponse health = admin(1).getClusterHealth(GetClusterHealthRequest.getDefaultInstance());

        assertThat(GrpcErrors.from(refusal).code()).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
        assertThat(health.getReasonsList())
                .extracting(GetClusterHealthResponse.Reason::getCode)
                .contains("metadata_quorum");
        fleet.start(2);
        fleet.start(3);
        fleet.awaitReady();
        assertThat(admin(1).listTopics(ListTopicsRequest.getDefaultInstance()).getTopicsList())
                .extracting(Topic::getName)
                .contains("remembered");
    }

    @Test
    void aLeaderThatShutsDownHandsOverWithoutAFailedRecord() throws Exception {
        Topics.create(client, "moving", 1, 3);
        int leader = anyLeader("moving");
        List<CompletableFuture<RecordAck>> acks = new ArrayList<>();
        try (Producer producer = FlotillaClient.join(client.producer("moving", ProducerConfig.DEFAULT))) {
            CompletableFuture<Void> shutDown = null;
            for (int i = 0; i < 2000; i++) {
                CompletableFuture<RecordAck> ack = producer.send(0, NewRecord.of("k", name(i)));
                acks.add(ack);
                if (i % 20 == 19) {
                    FlotillaClient.join(ack);
                }
                if (i == 500) {
                    shutDown = CompletableFuture.runAsync(() -> fleet.shutDown(leader));
                }
            }
            FlotillaClient.join(producer.flush());
            assertThat(shutDown).succeedsWithin(Duration.ofSeconds(20));
        }
        assertThat(acks).allMatch(ack -> ack.isDone() && !ack.isCompletedExceptionally());
        assertThat(values("moving", 0)).isEqualTo(names(0, 2000));

        fleet.start(leader);
        fleet.awaitReady();
        int preferred = describe(leader % 3 + 1, "moving").get(0).getReplicas(0).getBrokerId();
        Fleet.await("the preferred replica leads again", () -> leader(preferred, "moving") == preferred);
        assertThat(values("moving", 0)).isEqualTo(names(0, 2000));
    }

    @Test
    void aDeletedTopicLeavesNoFilesAndItsNameMayBeUsedAgain() throws Exception {
        Topic first = Topics.create(client, "again", 2, 3);
        send("again", 0, 0, 50);
        assertThat(directories(1, first)).hasSize(2);

        FlotillaClient.join(client.admin()
                .deleteTopic(DeleteTopicRequest.newBuilder().setName("again").build()));
        Fleet.await(
                "files of the deleted topic are gone everywhere",
                () -> IntStream.rangeClosed(1, 3)
                        .allMatch(id -> directories(id, first).isEmpty()));

        Topic second = Topics.create(client, "again", 1, 3);
        assertThat(second.getTopicId()).isNotEqualTo(first.getTopicId());
        client.close();
        client = fleet.client(); // one that has never heard of the first
        send("again", 0, 0, 10);
        assertThat(values("again", 0)).isEqualTo(names(0, 10));
    }

    @Test
    void aReplicaWhoseFilesWereWipedComesBackByItself() throws Exception {
        Topic topic = Topics.create(client, "wiped", 1, 3);
        send("wiped", 0, 0, 500);
        int victim = followerThatHasEverything(topic);
        fleet.close(victim);
        send("wiped", 0, 500, 1000);
        for (Path directory : directories(victim, topic)) {
            delete(directory);
        }
        comesBack(topic, victim);
        lead(topic, victim);
        assertThat(values("wiped", 0)).isEqualTo(names(0, 1000));
    }

    @Test
    void aReplicaThatFindsADamagedByteWhenItStartsIsQuarantinedAndRebuilt() throws Exception {
        Topic topic = Topics.create(client, "damaged", 1, 3);
        send("damaged", 0, 0, 1000);
        int victim = followerThatHasEverything(topic);
        fleet.close(victim);
        flipAByte(victim, topic);
        comesBack(topic, victim);
        assertThat(quarantined(victim, topic)).isNotEmpty();
        lead(topic, victim);
        assertThat(values("damaged", 0)).isEqualTo(names(0, 1000));
    }

    @Test
    void aLeaderThatReadsADamagedByteGivesUpTheLeadAndIsRebuiltWhileTheReaderGoesOn() throws Exception {
        Topic topic = Topics.create(client, "read", 1, 3);
        String large = "v".repeat(500_000); // more than is kept in memory
        try (Producer producer = FlotillaClient.join(client.producer("read", ProducerConfig.DEFAULT))) {
            for (int i = 0; i < 10; i++) {
                FlotillaClient.join(producer.send(0, NewRecord.of("k", large)));
            }
        }
        int victim = describe(1, "read").get(0).getReplicas(0).getBrokerId();
        Fleet.await("the preferred replica leads", () -> leader(victim, "read") == victim);
        flipAByte(victim, topic);

        assertThat(values("read", 0)).hasSize(10).allMatch(large::equals);
        Fleet.await(
                "the damaged files are set aside",
                () -> !quarantined(victim, topic).isEmpty());
        int watcher = victim % 3 + 1;
        Fleet.await("it has everything again", () -> hasEverything(watcher, topic, victim));
        assertThat(values("read", 0)).hasSize(10).allMatch(large::equals);
    }

    /** While too few are there to agree that its files are lost, it stays out of the group; then it is made anew. */
    private void comesBack(Topic topic, int victim) throws Exception {
        int watcher = victim % 3 + 1;
        int third = watcher % 3 + 1;
        fleet.close(third);
        fleet.start(victim);
        Fleet.await(
                "the replica waits to be taken out of its group",
                () -> replica(watcher, topic.getName(), 0, victim)
                        .filter(replica -> replica.getState() == State.STATE_QUARANTINED)
                        .filter(replica -> !replica.getReason().isEmpty())
                        .isPresent());
        fleet.start(third);
        fleet.awaitReady();
        Fleet.await("the replica has everything", () -> hasEverything(watcher, topic, victim));
    }

    private int followerThatHasEverything(Topic topic) {
        int leader = anyLeader(topic.getName());
        int follower = leader % 3 + 1;
        Fleet.await("the follower has everything", () -> hasEverything(leader, topic, follower));
        return follower;
    }

    private boolean hasEverything(int watcher, Topic topic, int victim) {
        return replica(watcher, topic.getName(), 0, victim)
                .filter(replica -> HEALTHY.contains(replica.getState()))
                .filter(replica -> replica.hasLagEntries() && replica.getLagEntries() == 0)
                .isPresent();
    }

    private void lead(Topic topic, int broker) {
        FlotillaClient.join(client.admin()
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setPartition(io.flotilla.v1.TopicPartition.newBuilder().setTopic(topic.getName()))
                        .setToBrokerId(broker)
                        .build()));
    }

    // ---- files

    private List<Path> directories(int broker, Topic topic) {
        return below(fleet.directory(broker).resolve("partitions"), topic);
    }

    private static List<Path> below(Path parent, Topic topic) {
        String prefix = TopicId.of(topic.getTopicId().toByteArray()).toString();
        try (Stream<Path> all = Files.list(parent)) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }

    private List<Path> quarantined(int broker, Topic topic) {
        return below(fleet.directory(broker).resolve("quarantine"), topic);
    }

    private void flipAByte(int broker, Topic topic) throws IOException {
        Path segment = directories(broker, topic).get(0).resolve("log").resolve("00000000000000000000.log");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(200);
            int before = file.read();
            file.seek(200);
            file.write(before ^ 1);
        }
    }

    // ---- what brokers say

    private AdminServiceGrpc.AdminServiceBlockingStub admin(int broker) {
        return AdminServiceGrpc.newBlockingStub(channels.computeIfAbsent(
                broker,
                id -> NettyChannelBuilder.forAddress("127.0.0.1", fleet.clientPort(id))
                        .usePlaintext()
                        .build()));
    }

    private List<PartitionDescription> describe(int broker, String topic) {
        return admin(broker)
                .getTopic(GetTopicRequest.newBuilder()
                        .setName(topic)
                        .setWithPartitions(true)
                        .build())
                .getPartitionsList();
    }

    /** Whoever leads partition 0 by now, as broker 1 has heard. */
    private int anyLeader(String topic) {
        Fleet.await("%s has a leader".formatted(topic), () -> leader(1, topic) > 0);
        return leader(1, topic);
    }

    private int leader(int broker, String topic) {
        return describe(broker, topic).get(0).getLeaderId();
    }

    private Optional<Replica> replica(int broker, String topic, int partition, int of) {
        return admin(broker)
                .describePartition(DescribePartitionRequest.newBuilder()
                        .setPartition(io.flotilla.v1.TopicPartition.newBuilder()
                                .setTopic(topic)
                                .setPartition(partition))
                        .build())
                .getPartition()
                .getReplicasList()
                .stream()
                .filter(replica -> replica.getBrokerId() == of)
                .findFirst();
    }

    // ---- records

    private void send(String topic, int partition, int from, int until) {
        List<CompletableFuture<RecordAck>> acks = new ArrayList<>();
        try (Producer producer = FlotillaClient.join(client.producer(topic, ProducerConfig.DEFAULT))) {
            names(from, until).forEach(name -> acks.add(producer.send(partition, NewRecord.of("key", name))));
            FlotillaClient.join(producer.flush());
        }
        acks.forEach(FlotillaClient::join);
    }

    private List<String> values(String topic, int partition) throws InterruptedException {
        return Topics.readAll(client, new TopicPartition(topic, partition)).stream()
                .map(StoredRecord::value)
                .map(value -> value == null ? "" : value.toStringUtf8())
                .toList();
    }

    private static List<String> names(int from, int until) {
        return IntStream.range(from, until).mapToObj(ClusterIT::name).toList();
    }

    private static String name(int i) {
        return "record-%06d".formatted(i);
    }
}
