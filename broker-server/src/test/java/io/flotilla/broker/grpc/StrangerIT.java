package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DynamicMessage;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.TopicPartition;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client needs that has nothing of ours: the .proto files, or a server that describes itself. */
class StrangerIT {
    private static Fleet fleet;

    @BeforeAll
    static void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, 3, Map.of("leadership.balance-interval", "1d"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void theProtoFilesOfTheHttpPortAreAllAClientNeeds(@TempDir Path work) throws Exception {
        Optional<Path> protoc = protoc();
        assumeTrue(protoc.isPresent(), "no protoc is installed in the local Maven repository");
        Path protos = unzip(get("/protos.zip"), work.resolve("protos"));
        doEverything("by-files", new Stranger(compile(protoc.get(), protos, work)));
    }

    @Test
    void theServersOwnDescriptionIsAllAClientNeeds() throws Exception {
        doEverything("by-reflection", new Stranger(reflect()));
    }

    /** At every broker, of which one leads and two have to pass things on. */
    private static void doEverything(String topic, Stranger stranger) throws Exception {
        try (Door first = Door.to(fleet.clientPort(1))) {
            stranger.call(
                    first.channel(),
                    "AdminService",
                    "CreateTopic",
                    "topic { name: '%s' partition_count: 1 replication_factor: 3 }".formatted(topic));
        }
        long written = 0;
        for (int broker = 1; broker <= 3; broker++) {
            try (Door door = Door.to(fleet.clientPort(broker))) {
                door.awaitLed(topic);
                written = publish(stranger, door, topic, written);
                written = produce(stranger, door, topic, written);
                fetch(stranger, door, topic, written);
                consume(stranger, door, topic, written);
                metadata(stranger, door, topic);
            }
        }
        assertThat(written).isEqualTo(15);
    }

    private static long publish(Stranger stranger, Door door, String topic, long next) {
        DynamicMessage answer = stranger.call(
                door.channel(),
                "ProduceService",
                "Publish",
                "topic: '%s' records { key: 'k' value: 'v%d' } records { key: 'k' value: 'v%d' }"
                        .formatted(topic, next, next + 1));
        assertThat(Stranger.field(answer, "results.0.appended.base_offset")).isEqualTo(next);
        return (Long) Stranger.field(answer, "results.0.appended.next_offset");
    }

    private static long produce(Stranger stranger, Door door, String topic, long next) throws InterruptedException {
        try (Talk<DynamicMessage, DynamicMessage> stream = stranger.talk(door.channel(), "ProduceService", "Produce")) {
            for (long i = next; i < next + 3; i++) {
                stream.send(stranger.message(
                        "ProduceRequest",
                        "correlation_id: %d topic: '%s' partition: 0 batch { records { records { value: 'v%d' } } }"
                                .formatted(i + 100, topic, i)));
            }
            stream.halfClose();
            List<DynamicMessage> answers = stream.rest();
            assertThat(answers).allMatch(answer -> Stranger.has(answer, "appended"));
            assertThat(answers)
                    .extracting(answer -> Stranger.field(answer, "correlation_id"))
                    .containsExactly(next + 100, next + 101, next + 102);
            assertThat(answers)
                    .extracting(answer -> Stranger.field(answer, "appended.base_offset"))
                    .containsExactly(next, next + 1, next + 2);
            return next + 3;
        }
    }

    private static void fetch(Stranger stranger, Door door, String topic, long written) {
        List<String> values = new ArrayList<>();
        long offset = 0;
        while (offset < written) {
            DynamicMessage answer = stranger.call(
                    door.channel(),
                    "ConsumeService",
                    "Fetch",
                    "topic: '%s' partition: 0 from { offset: %d }".formatted(topic, offset));
            addValues(answer, values);
            offset = (Long) Stranger.field(answer, "batches.next_offset");
        }
        assertThat(values).isEqualTo(valuesTo(written));
    }

    private static void consume(Stranger stranger, Door door, String topic, long written) throws InterruptedException {
        List<String> values = new ArrayList<>();
        try (Talk<DynamicMessage, DynamicMessage> stream = stranger.talk(door.channel(), "ConsumeService", "Consume")) {
            stream.send(stranger.message("ConsumeRequest", """
                    open {
                      partitions { topic: '%s' from { offset: 0 } until { anchor: ANCHOR_END } }
                      credit_bytes: 1
                      max_bytes: 1
                    }
                    """.formatted(topic)));
            for (DynamicMessage event = stream.next(); !Stranger.has(event, "end"); event = stream.next()) {
                if (Stranger.has(event, "batches")) {
                    addValues(event, values);
                    stream.send(stranger.message(
                            "ConsumeRequest",
                            "credit { bytes: %s }".formatted(Stranger.field(event, "batches.credit_bytes"))));
                }
            }
            stream.rest();
        }
        assertThat(values).isEqualTo(valuesTo(written));
    }

    private static void addValues(DynamicMessage message, List<String> values) {
        for (Object batch : (List<?>) Stranger.field(message, "batches.batches")) {
            for (Object record : (List<?>) Stranger.field((DynamicMessage) batch, "batch.records.records")) {
                values.add(((ByteString) Stranger.field((DynamicMessage) record, "value")).toStringUtf8());
            }
        }
    }

    private static List<String> valuesTo(long written) {
        return Stream.iterate(0L, i -> i < written, i -> i + 1)
                .map(i -> "v" + i)
                .toList();
    }

    private static void metadata(Stranger stranger, Door door, String topic) {
        DynamicMessage answer =
                stranger.call(door.channel(), "ClusterService", "GetMetadata", "topics: '%s'".formatted(topic));
        assertThat((List<?>) Stranger.field(answer, "cluster.brokers")).hasSize(3);
        int leader = door.admin()
                .describePartition(DescribePartitionRequest.newBuilder()
                        .setPartition(TopicPartition.newBuilder().setTopic(topic))
                        .build())
                .getPartition()
                .getLeaderId();
        assertThat(Stranger.field(answer, "topics.0.partitions.0.leader_id")).isEqualTo(leader);
    }

    // ---- where the schema comes from

    private static byte[] get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(fleet.httpPort(2), path)))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    private static Path unzip(byte[] zip, Path into) throws IOException {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = into.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.write(file, in.readAllBytes());
            }
        }
        return into;
    }

    /** The one that Maven has fetched to build this project. */
    private static Optional<Path> protoc() throws IOException {
        Path repository =
                Path.of(System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
        Path compilers = repository.resolve("com/google/protobuf/protoc");
        if (!Files.isDirectory(compilers)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(compilers)) {
            return files.filter(file -> file.toString().endsWith(".exe")).findFirst();
        }
    }

    private static FileDescriptorSet compile(Path protoc, Path protos, Path work) throws Exception {
        Path program = Files.copy(protoc, work.resolve("protoc"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "-I", protos.toString(), "--descriptor_set_out=" + work.resolve("schema")));
        try (Stream<Path> files = Files.walk(protos)) {
            files.filter(Files::isRegularFile).map(Path::toString).forEach(command::add);
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return FileDescriptorSet.parseFrom(Files.readAllBytes(work.resolve("schema")));
    }

    private static FileDescriptorSet reflect() throws Exception {
        FileDescriptorSet.Builder schema = FileDescriptorSet.newBuilder();
        try (Door door = Door.to(fleet.clientPort(3));
                Talk<ServerReflectionRequest, ServerReflectionResponse> reflection =
                        Talk.open(door.channel(), ServerReflectionGrpc.getServerReflectionInfoMethod())) {
            List<String> services = reflection
                    .send(ServerReflectionRequest.newBuilder()
                            .setListServices("")
                            .build())
                    .next()
                    .getListServicesResponse()
                    .getServiceList()
                    .stream()
                    .map(service -> service.getName())
                    .filter(name -> name.startsWith("flotilla."))
                    .toList();
            assertThat(services)
                    .containsExactlyInAnyOrder(
                            "flotilla.v1.AdminService",
                            "flotilla.v1.ClusterService",
                            "flotilla.v1.ConsumeService",
                            "flotilla.v1.GroupService",
                            "flotilla.v1.ProduceService");
            List<String> known = new ArrayList<>();
            for (String service : services) {
                ServerReflectionResponse answer = reflection
                        .send(ServerReflectionRequest.newBuilder()
                                .setFileContainingSymbol(service)
                                .build())
                        .next();
                for (ByteString bytes : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
                    FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
                    if (!known.contains(file.getName())) {
                        known.add(file.getName());
                        schema.addFile(file);
                    }
                }
            }
        }
        return schema.build();
    }
}
