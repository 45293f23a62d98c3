package io.flotilla.cli.data;

import io.flotilla.cli.output.OutputFormat;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla tail}: what is written to several topics, as it comes, each line led by its record's place. */
@Command(
        name = "tail",
        description = "Follow topics from their end: TOPIC/PARTITION@OFFSET and the value, a line each",
        footer = {"", "Example:", "  flotilla tail orders payments -n 10"})
public final class TailCommand implements Runnable {
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Session session;

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Where from")
    private List<String> topics = List.of();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Begin with the last N records of each partition. Default: 0")
    private long lines;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            description = "Stop after N records. Default: never")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    private long taken;

    TailCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            List<ReadRange> ranges = ranges(connection);
            RecordSink sink = sink();
            try (PartitionReader reader = connection.reader(ranges, ReaderConfig.DEFAULT)) {
                read(reader, sink);
                sink.end();
            } catch (FlotillaException e) {
                Problem problem = Problem.ofQuestion("cannot read on in " + String.join(", ", topics), e);
                sink.fail(problem.toValue());
                throw CommandFailure.reported(problem);
            } finally {
                session.out().flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ReadRange> ranges(FlotillaClient connection) {
        Position from = lines > 0
                ? Position.newBuilder().setTailRecords(lines).build()
                : Position.newBuilder().setAnchor(Position.Anchor.ANCHOR_END).build();
        List<ReadRange> ranges = new ArrayList<>();
        for (String topic : topics.stream().distinct().toList()) {
            int partitions =
                    Requests.ask("tail " + topic, connection.topic(topic)).partitionCount();
            IntStream.range(0, partitions)
                    .forEach(number -> ranges.add(new ReadRange(new TopicPartition(topic, number), from, null)));
        }
        return ranges;
    }

    private RecordSink sink() throws IOException {
        OutputFormat format = session.options().format();
        return format == OutputFormat.TABLE
                ? new LabelledRecords(session.out(), session.mayColor())
                : RecordSink.open(format, session.out());
    }

    private void read(PartitionReader reader, RecordSink sink) throws InterruptedException, IOException {
        while (taken < count) {
            ReadBatch batch = reader.poll(Duration.ZERO);
            if (batch == null) {
                session.out().flush(); // before waiting, so that people see what there is
                batch = reader.poll(WAIT);
            }
            if (batch != null) {
                take(batch, sink);
            }
        }
    }

    private void take(ReadBatch batch, RecordSink sink) throws IOException {
        for (StoredRecord record : batch.records()) {
            if (taken == count) {
                return;
            }
            sink.add(batch.partition(), record);
            taken++;
        }
    }
}
