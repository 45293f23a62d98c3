package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Error;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.Position;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.Topic;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients should not do. Whatever it is, the broker says so and is as good as before. */
class BadInputIT {
    private static final int MEMORY = 8 << 20;
    private static final Pattern UNANSWERED =
            Pattern.compile("^flotilla_broker_produce_unanswered_bytes (\\S+)$", Pattern.MULTILINE);

    private static final HttpClient http = HttpClient.newHttpClient();
    private static Fleet fleet;
    private static Door door;

    @BeforeAll
    static void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, 1, Map.of("produce.memory-bytes", "8MiB", "produce.partition-queue-bytes", "8MiB"));
        door = Door.to(fleet.clientPort(1));
        door.create("t", 1, 1, Map.of());
    }

    @AfterAll
    static void stop() {
        door.close();
        fleet.close();
    }

    @AfterEach
    void aGoodRecordStillGoesThrough() throws Exception {
        ProduceResponse answer = door.produce(batch("t", records("good")));
        assertThat(answer.hasAppended()).as(answer.toString()).isTrue();
        assertThat(fleet.broker(1).reasonsAgainst()).isEmpty();
        assertThat(fleet.fatal()).isEmpty();
    }

    // ---- names and numbers

    @ParameterizedTest
    @ValueSource(strings = {"../x", "", ".", "..", "a/b", "ä", "a b", "a\u0000b"})
    void aNameThatNoTopicCanHaveIsRefusedForGood(String name) throws Exception {
        refusedAsName(name);
    }

    @Test
    void aNameOfThreeHundredCharactersIsRefusedForGood() throws Exception {
        refusedAsName("x".repeat(300));
    }

    private static void refusedAsName(String name) throws Exception {
        assertThat(code(() -> create(name, Map.of()))).isEqualTo("INVALID_TOPIC_NAME");
        assertThat(code(() -> publish(name))).isEqualTo("INVALID_TOPIC_NAME");
        assertThat(code(() -> door.consumer().fetch(from(name, 0).build()))).isEqualTo("INVALID_TOPIC_NAME");
        assertThat(door.produce(batch(name, records("v"))).getError().getRetriable())
                .isFalse();
        assertThat(door.cluster()
                        .getMetadata(
                                GetMetadataRequest.newBuilder().addTopics(name).build())
                        .getTopics(0)
                        .getError()
                        .getCode()
                        .name())
                .isEqualTo("ERROR_CODE_INVALID_TOPIC_NAME");
    }

    @Test
    void aTopicOrPartitionThatIsNotThereMayBeThereLater() throws Exception {
        Error noTopic = door.produce(batch("not-there", records("v"))).getError();
        assertThat(noTopic.getCode().name()).isEqualTo("ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(noTopic.getRetriable()).isTrue();
        assertThat(noTopic.getMessage()).contains("not-there");
        for (int partition : new int[] {1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(door.produce(batch("t", records("v")).setPartition(partition))
                            .getError()
                            .getCode()
                            .name())
                    .isEqualTo("ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION");
            assertThat(code(() -> door.consumer()
                            .fetch(from("t", 0).setPartition(partition).build())))
                    .isEqualTo("UNKNOWN_TOPIC_OR_PARTITION");
        }
    }

    @Test
    void offsetsOutsideTheLogAreRefusedWithTheRangeThatThereIs() throws Exception {
        for (long offset : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            EndOfCall end =
                    failure(() -> door.consumer().fetch(from("t", offset).build()));
            assertThat(end.trailer("flotilla-code")).isEqualTo("OFFSET_OUT_OF_RANGE");
            assertThat(end.error().getMetadataMap()).containsKeys("log_start_offset", "high_watermark");
        }
        assertThat(code(() -> door.consumer()
                        .fetch(FetchRequest.newBuilder()
                                .setTopic("t")
                                .setFrom(Position.newBuilder().setTailRecords(-1))
                                .build())))
                .isEqualTo("INVALID_REQUEST");
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        List<Executable> requests = List.of(
                () -> door.consumer().fetch(from("t", 0).setMaxBytes(-1).build()),
                () -> door.consumer().fetch(from("t", 0).setMaxBytes(1 << 30).build()),
                () -> door.consumer().fetch(from("t", 0).setMinBytes(-1).build()),
                () -> door.consumer().fetch(from("t", 0).setMaxWaitMs(-2).build()),
                () -> door.consumer().fetch(from("t", 0).setMaxWaitMs(60_001).build()),
                () -> door.consumer().listOffsets(ListOffsetsRequest.getDefaultInstance()),
                () -> door.cluster()
                        .getMetadata(
                                GetMetadataRequest.newBuilder().setPageSize(-1).build()),
                () -> door.admin()
                        .listTopics(
                                ListTopicsRequest.newBuilder().setPageSize(-1).build()),
                () -> door.producer()
                        .publish(PublishRequest.newBuilder().setTopic("t").build()),
                () -> door.producer()
                        .publish(PublishRequest.newBuilder()
                                .setTopic("t")
                                .addRecords(Record.newBuilder().setOffsetDelta(1))
                                .build()),
                () -> door.producer()
                        .publish(PublishRequest.newBuilder()
                                .setTopic("t")
                                .addRecords(Record.getDefaultInstance())
                                .setTimeoutMs(-1)
                                .build()));
        for (Executable request : requests) {
            assertThat(code(request)).isEqualTo("INVALID_REQUEST");
        }
    }

    @Test
    void aTopicSettingThatIsUnknownOrOutOfRangeIsRefusedAndTheNearestKeyNamed() throws Exception {
        EndOfCall unknown = failure(() -> create("new", Map.of("max.mesage.bytes", "1000")));
        assertThat(unknown.trailer("flotilla-code")).isEqualTo("INVALID_CONFIG");
        assertThat(unknown.description()).contains("max.mesage.bytes").contains("max.message.bytes");
        for (Map.Entry<String, String> bad : Map.of(
                        "max.message.bytes", "-1",
                        "segment.bytes", "many",
                        "message.timestamp.type", "Sometime",
                        "segment.ms", "")
                .entrySet()) {
            EndOfCall end = failure(() -> create("new", Map.of(bad.getKey(), bad.getValue())));
            assertThat(end.trailer("flotilla-code")).isEqualTo("INVALID_CONFIG");
            assertThat(end.description()).contains(bad.getKey()).contains(bad.getValue());
        }
    }

    // ---- batches

    @Test
    void aBatchThatBreaksARuleIsNotAppendedAndThoseAroundItAre() throws Exception {
        long before = end();
        try (Talk<ProduceRequest, ProduceResponse> stream = door.produce()) {
            stream.send(batch("t", records("a")).setCorrelationId(1).build())
                    .send(batch("t", records("b").setCrc32C(12345))
                            .setCorrelationId(2)
                            .build())
                    .send(batch("t", records("c").setRecordCount(3))
                            .setCorrelationId(3)
                            .build())
                    .send(batch("t", RecordBatch.newBuilder().setRecords(RecordSet.getDefaultInstance()))
                            .setCorrelationId(4)
                            .build())
                    .send(ProduceRequest.newBuilder()
                            .setTopic("t")
                            .setPartition(0)
                            .setCorrelationId(5)
                            .build())
                    .send(batch("t", records("d")).setCorrelationId(6).build())
                    .halfClose();
            List<ProduceResponse> answers = stream.rest();
            assertThat(answers).extracting(ProduceResponse::getCorrelationId).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            assertThat(answers)
                    .extracting(answer -> answer.getError().getCode().name().replace("ERROR_CODE_", ""))
                    .containsExactly(
                            "UNSPECIFIED",
                            "CORRUPT_BATCH",
                            "INVALID_BATCH",
                            "INVALID_BATCH",
                            "INVALID_BATCH",
                            "UNSPECIFIED");
            assertThat(answers.get(5).getAppended().getBaseOffset()).isEqualTo(before + 1);
        }
        assertThat(end()).isEqualTo(before + 2);
    }

    @Test
    void aBatchThatContinuesARefusedOneIsRefusedTooUntilOneBeginsAnew() throws Exception {
        long before = end();
        try (Talk<ProduceRequest, ProduceResponse> stream = door.produce()) {
            int epoch = stream.send(batch("t", records("a")).build())
                    .next()
                    .getAppended()
                    .getLeaderEpoch();
            stream.send(batch("t", records("refused")).setLeaderEpoch(epoch + 1).build())
                    .send(batch("t", records("behind it")).setLeaderEpoch(epoch).build())
                    .send(batch("t", records("b")).build())
                    .send(batch("t", records("c")).setLeaderEpoch(epoch).build())
                    .halfClose();

            assertThat(stream.rest())
                    .extracting(answer -> answer.getError().getCode().name().replace("ERROR_CODE_", ""))
                    .containsExactly("UNKNOWN_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH", "UNSPECIFIED", "UNSPECIFIED");
        }
        assertThat(end()).isEqualTo(before + 3);
    }

    @Test
    void aBatchLargerThanTheTopicTakesIsRefusedAndTheLimitNamed() throws Exception {
        Error error = door.produce(batch("t", records("v".repeat(1_050_000)))).getError();
        assertThat(error.getCode().name()).isEqualTo("ERROR_CODE_BATCH_TOO_LARGE");
        assertThat(error.getMetadataMap()).containsEntry("max_bytes", "1048588");

        Error published = door.producer()
                .publish(PublishRequest.newBuilder()
                        .setTopic("t")
                        .addRecords(Record.newBuilder().setValue(ByteString.copyFrom(new byte[2 << 20])))
                        .build())
                .getResults(0)
                .getError();
        assertThat(published.getCode().name()).isEqualTo("ERROR_CODE_BATCH_TOO_LARGE");
    }

    @Test
    void aMessageLargerThanTheBrokerReadsEndsThatCallOnly() throws Exception {
        try (Talk<ProduceRequest, ProduceResponse> other = door.produce()) {
            StatusRuntimeException tooLarge = catchThrowableOfType(
                    StatusRuntimeException.class, () -> door.produce(batch("t", records("v".repeat(9 << 20)))));
            assertThat(tooLarge.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED);
            assertThat(other.send(batch("t", records("v")).build()).next().hasAppended())
                    .isTrue();
        }
    }

    // ---- what is not even a request

    @Test
    void garbageOnAnyPortEndsThatConnectionOnly() throws Exception {
        Random random = new Random(42);
        for (int port : new int[] {fleet.clientPort(1), fleet.raftPort(1), fleet.httpPort(1)}) {
            for (int i = 0; i < 20; i++) {
                byte[] garbage = new byte[1 + random.nextInt(5000)];
                random.nextBytes(garbage);
                sendAndHangUp(port, garbage);
            }
            sendAndHangUp(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            sendAndHangUp(port, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            sendAndHangUp(port, new byte[100_000]);
        }
    }

    private static void sendAndHangUp(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(200);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readNBytes(64);
        } catch (IOException e) {
            // the broker may hang up first, or wait for more: both are fine
        }
    }

    @Test
    void connectionsThatSayNothingCostOthersNothing() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int port : new int[] {fleet.clientPort(1), fleet.raftPort(1), fleet.httpPort(1)}) {
                for (int i = 0; i < 25; i++) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    silent.add(socket);
                    if (i % 2 == 0) {
                        socket.getOutputStream().write("PRI * HT".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
            try (Door other = Door.to(fleet.clientPort(1))) {
                assertThat(other.produce(batch("t", records("v"))).hasAppended())
                        .isTrue();
            }
            assertThat(metrics()).contains("flotilla_broker_streams");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aConsumeCallThatBeginsWithAnythingButOpenIsRefused() {
        for (ConsumeRequest first : List.of(
                ConsumeRequest.getDefaultInstance(),
                ConsumeRequest.newBuilder()
                        .setCredit(ConsumeRequest.Credit.newBuilder().setBytes(1))
                        .build())) {
            try (Talk<ConsumeRequest, ConsumeResponse> call =
                    Talk.open(door.channel(), io.flotilla.v1.ConsumeServiceGrpc.getConsumeMethod())) {
                assertThat(code(() -> call.send(first).next())).isEqualTo("INVALID_REQUEST");
            }
        }
    }

    // ---- too much

    @Test
    void aReaderWithoutCreditGetsOneMessageAndTheNextOnlyForMore() throws Exception {
        door.create("credits", 1, 1, Map.of());
        for (int i = 0; i < 10; i++) {
            door.produce(batch("credits", records("v".repeat(1000))));
        }
        ConsumeRequest.PartitionStart.Builder start =
                ConsumeRequest.PartitionStart.newBuilder().setTopic("credits");
        start.getFromBuilder().setOffset(0);
        try (Talk<ConsumeRequest, ConsumeResponse> reader = door.consume(ConsumeRequest.Open.newBuilder()
                .setCreditBytes(1)
                .setMaxBytes(1500)
                .addPartitions(start))) {
            assertThat(reader.next().hasStarted()).isTrue();
            for (long offset = 0; offset < 3; offset++) {
                ConsumeResponse event = reader.next();
                assertThat(event.getBatches().getBatchesList()).hasSize(1);
                assertThat(event.getBatches().getBatches(0).getBaseOffset()).isEqualTo(offset);
                assertThat(event.getBatches().getCreditBytes()).isBetween(1000L, 1500L);
                assertThat(reader.next(Duration.ofMillis(200))).isEmpty();
                reader.send(ConsumeRequest.newBuilder()
                        .setCredit(ConsumeRequest.Credit.newBuilder()
                                .setBytes(event.getBatches().getCreditBytes()))
                        .build());
            }
        }
    }

    @Test
    void aReaderThatDoesNotReadHoldsUpNobodyElse() throws Exception {
        door.create("backlog", 1, 1, Map.of());
        for (int i = 0; i < 30; i++) {
            door.produce(batch("backlog", records("v".repeat(1_000_000))));
        }
        ConsumeRequest.PartitionStart.Builder start =
                ConsumeRequest.PartitionStart.newBuilder().setTopic("backlog");
        start.getFromBuilder().setOffset(0);
        try (Talk<ConsumeRequest, ConsumeResponse> stuck =
                        door.consume(ConsumeRequest.Open.newBuilder().addPartitions(start));
                Talk<ConsumeRequest, ConsumeResponse> reader =
                        door.consume(ConsumeRequest.Open.newBuilder().addPartitions(start))) {
            assertThat(stuck.next().hasStarted()).isTrue(); // and asks for nothing more
            assertThat(reader.next().hasStarted()).isTrue();
            long next = 0;
            while (next < 30) {
                ConsumeResponse event = reader.next();
                next = event.hasBatches() ? event.getBatches().getNextOffset() : next;
            }
            assertThat(next).isEqualTo(30);
        }
    }

    @Test
    void producersThatOutrunTheDiskAreSlowedAndMemoryStaysBounded() throws Exception {
        int streams = 4;
        int batches = 12;
        RecordBatch.Builder large = records("v".repeat(1_000_000));
        List<Talk<ProduceRequest, ProduceResponse>> producers = new ArrayList<>();
        List<Double> samples = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            Talk<ProduceRequest, ProduceResponse> producer = door.produce();
            producers.add(producer);
            IntStream.rangeClosed(1, batches)
                    .forEach(id ->
                            producer.send(batch("t", large).setCorrelationId(id).build()));
            producer.halfClose();
        }
        CompletableFuture<List<ProduceResponse>> answers = CompletableFuture.supplyAsync(() ->
                producers.stream().flatMap(producer -> rest(producer).stream()).toList());
        while (!answers.isDone()) {
            samples.add(unanswered());
        }
        assertThat(answers.join()).hasSize(streams * batches).allMatch(ProduceResponse::hasAppended);
        assertThat(samples).anyMatch(bytes -> bytes > 1_000_000);
        assertThat(samples).allMatch(bytes -> bytes <= MEMORY + streams * 1_100_000);
        Fleet.await("all is answered", () -> unanswered() == 0);
    }

    private static List<ProduceResponse> rest(Talk<ProduceRequest, ProduceResponse> producer) {
        try {
            return producer.rest();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double unanswered() {
        Matcher sample = UNANSWERED.matcher(metrics());
        assertThat(sample.find()).isTrue();
        return Double.parseDouble(sample.group(1));
    }

    private static String metrics() {
        try {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:%d/metrics".formatted(fleet.httpPort(1))))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- requests and what became of them

    private static Object create(String name, Map<String, String> configs) {
        return door.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(name)
                                .setPartitionCount(1)
                                .setReplicationFactor(1)
                                .putAllConfigs(configs))
                        .build());
    }

    private static Object publish(String topic) {
        return door.producer()
                .publish(PublishRequest.newBuilder()
                        .setTopic(topic)
                        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("v")))
                        .build());
    }

    private static FetchRequest.Builder from(String topic, long offset) {
        FetchRequest.Builder request = FetchRequest.newBuilder().setTopic(topic).setMaxWaitMs(-1);
        request.getFromBuilder().setOffset(offset);
        return request;
    }

    private static long end() {
        return door.consumer()
                .listOffsets(ListOffsetsRequest.newBuilder()
                        .addQueries(ListOffsetsRequest.Query.newBuilder().setTopic("t"))
                        .build())
                .getResults(0)
                .getFound()
                .getOffset();
    }

    private static String code(Executable request) {
        return String.valueOf(failure(request).trailer("flotilla-code"));
    }

    private static EndOfCall failure(Executable request) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, request::execute);
        assertThat(failure).as("the request is refused").isNotNull();
        return EndOfCall.of(failure);
    }
}
