package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Durations;
import io.flotilla.cli.text.Sizes;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.record.NewRecord;
import io.flotilla.record.RecordHeader;
import io.flotilla.v1.Acks;
import io.flotilla.v1.Compression;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla produce}: a record per line. Stops at the first line that cannot be written. */
@Command(
        name = "produce",
        description = "Write lines as records; ends when all are on disk on a majority",
        footer = {"", "Example:", "  flotilla produce web --file access.log --compression zstd"})
public final class ProduceCommand implements Runnable {
    private static final Table TABLE = new Table(
            Column.of("PARTITION", "partition"),
            Column.of("RECORDS", "records"),
            Column.of("FIRST-OFFSET", "firstOffset"),
            Column.of("LAST-OFFSET", "lastOffset"));

    /** Codecs by the names people know. */
    enum Codec {
        NONE(Compression.COMPRESSION_NONE),
        GZIP(Compression.COMPRESSION_GZIP),
        SNAPPY(Compression.COMPRESSION_SNAPPY),
        LZ4(Compression.COMPRESSION_LZ4),
        ZSTD(Compression.COMPRESSION_ZSTD);

        private final Compression compression;

        Codec(Compression compression) {
            this.compression = compression;
        }
    }

    /** When a record counts as written. */
    enum WhenWritten {
        QUORUM(Acks.ACKS_QUORUM),
        ALL(Acks.ACKS_ALL);

        private final Acks acks;

        WhenWritten(Acks acks) {
            this.acks = acks;
        }
    }

    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Where to; it must exist")
    private String topic = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Where the lines are. Default: stdin")
    private Path file = Path.of("-");

    @Option(
            names = {"-K", "--key-delim"},
            paramLabel = "TEXT",
            description = "Splits the key off a line, at its first occurrence")
    private @Nullable String delimiter;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "Key of all records")
    private @Nullable String key;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "Header of all records; may be repeated")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--partition", paramLabel = "N", description = "Default: by the key; without keys, any")
    private @Nullable Integer partition;

    @Option(names = "--batch-bytes", paramLabel = "SIZE", description = "Largest batch. Default: 64KiB")
    private Sizes.@Nullable Size batchBytes;

    @Option(
            names = "--compression",
            paramLabel = "CODEC",
            description = "Of batches: none, gzip, snappy, lz4 or zstd. Default: none")
    private Codec codec = Codec.NONE;

    @Option(
            names = "--acks",
            paramLabel = "WHO",
            description =
                    "Who has to have a record on disk: quorum (a majority of the replicas) or all. Default: quorum")
    private WhenWritten acks = WhenWritten.QUORUM;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    private final Tally tally = new Tally();
    private long bytes;

    ProduceCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        Instant start = session.clock().instant();
        try (FlotillaClient connection = client.connect();
                InputStream in = open()) {
            Producer producer = Requests.ask("produce to " + topic, connection.producer(topic, config()));
            checkPartition(producer);
            send(producer, new Lines(in), shape());
            producer.close();
        } catch (IOException e) {
            throw new CommandFailure(
                    new Problem(
                            ExitCode.FAILED,
                            "cannot read " + (isStdin() ? "stdin" : file),
                            String.valueOf(e),
                            "check the file; %d records were written".formatted(tally.records()),
                            "INPUT"),
                    e);
        }
        report(Duration.between(start, session.clock().instant()));
    }

    private void send(Producer producer, Lines lines, RecordShape shape) throws IOException {
        long number = 0;
        for (ByteString line = lines.next(); line != null && tally.failure() == null; line = lines.next()) {
            number++;
            bytes += line.size();
            NewRecord record = shape.of(line);
            long lineNumber = number;
            CompletableFuture<RecordAck> ack =
                    partition == null ? producer.send(record) : producer.send(partition, record);
            var unused = ack.whenComplete((written, error) -> {
                if (error == null) {
                    tally.written(written);
                } else {
                    tally.failed(lineNumber, GrpcErrors.from(error));
                }
            });
        }
    }

    private void checkPartition(Producer producer) {
        int count = producer.topic().partitionCount();
        if (partition != null && (partition < 0 || partition >= count)) {
            throw new CommandFailure(new Problem(
                    ExitCode.NOT_FOUND,
                    "cannot produce to %s/%d".formatted(topic, partition),
                    "the topic has %d partitions".formatted(count),
                    "use --partition 0 to %d, or leave it out".formatted(count - 1),
                    "UNKNOWN_TOPIC_OR_PARTITION"));
        }
    }

    private ProducerConfig config() {
        ProducerConfig config = ProducerConfig.DEFAULT
                .withCompression(codec.compression)
                .withAcks(acks.acks)
                .withTimeouts(client.timeout(), client.timeout().multipliedBy(4));
        return batchBytes == null ? config : config.withBatching(Math.toIntExact(batchBytes.bytes()), config.linger());
    }

    private RecordShape shape() {
        return new RecordShape(
                delimiter == null ? null : ByteString.copyFromUtf8(delimiter),
                key == null ? null : ByteString.copyFromUtf8(key),
                headers.entrySet().stream()
                        .map(header -> RecordHeader.of(header.getKey(), header.getValue()))
                        .toList());
    }

    private boolean isStdin() {
        return file.toString().equals("-");
    }

    private InputStream open() throws IOException {
        return isStdin() ? session.in() : new BufferedInputStream(new FileInputStream(file.toFile()));
    }

    private void report(Duration elapsed) {
        session.say("wrote %d records (%s) to %d partitions of %s in %s"
                .formatted(tally.records(), Sizes.show(bytes), tally.partitions(), topic, Durations.show(elapsed)));
        Tally.Failure failure = tally.failure();
        Problem problem = failure == null ? null : problem(failure);
        if (session.options().format().isMachine()) {
            session.show(new Answer(
                    "Written", tally.values(topic), TABLE, problem == null ? List.of() : List.of(problem.toValue())));
        }
        if (problem != null) {
            throw CommandFailure.reported(problem);
        }
    }

    private Problem problem(Tally.Failure failure) {
        FlotillaException error = failure.error();
        return Problem.ofChange(
                "cannot write line %d of %s; %d records were written, lines behind it perhaps not"
                        .formatted(failure.line(), isStdin() ? "stdin" : file, tally.records()),
                error);
    }
}
