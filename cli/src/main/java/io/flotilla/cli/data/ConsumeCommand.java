package io.flotilla.cli.data;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.client.TopicView;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla consume}: values as they are, a line each, in the order of each partition. */
@Command(
        name = "consume",
        description = "Read records; values to stdout, a line each, or whole records with -o json",
        footer = {"", "Example:", "  flotilla consume web --from 1h --exit-at-end"})
public final class ConsumeCommand implements Callable<Integer> {
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Where from")
    private String topic = "";

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "As a member of this group: go on where it is, and commit what was written out. --from start"
                    + " or end counts only where the group has no position yet")
    private @Nullable String group;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description = "start, end, an offset, -N for the last N of each partition, @TIME, or a duration such as 1h"
                    + " for that long ago. Default: start")
    private Position from =
            Position.newBuilder().setAnchor(Position.Anchor.ANCHOR_START).build();

    @Option(names = "--to", paramLabel = "POSITION", description = "Stop before it. Default: never stop")
    private @Nullable Position to;

    @Option(
            names = {"-e", "--exit-at-end"},
            description = "Stop at what is the end now")
    private boolean exitAtEnd;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            description = "Stop after N records")
    private long count = Long.MAX_VALUE;

    @Option(names = "--partition", paramLabel = "N", description = "Only this one. Default: all")
    private @Nullable Integer partition;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    private long taken;

    ConsumeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (FlotillaClient connection = client.connect()) {
            TopicView view = Requests.ask("consume " + topic, connection.topic(topic));
            if (group != null) {
                return consumeIn(group, connection);
            }
            RecordSink sink = RecordSink.open(session.options().format(), session.out());
            try (PartitionReader reader = connection.reader(ranges(view), ReaderConfig.DEFAULT)) {
                read(reader, sink);
                sink.end();
                return ExitCode.OK.code();
            } catch (FlotillaException e) {
                Problem problem = Problem.ofQuestion("cannot read on in " + topic, e);
                sink.fail(problem.toValue());
                throw CommandFailure.reported(problem);
            } finally {
                session.out().flush();
            }
        }
    }

    private int consumeIn(String name, FlotillaClient connection) throws InterruptedException, IOException {
        if (to != null || partition != null || !from.hasAnchor()) {
            throw new CommandFailure(Problem.usage(
                    "cannot consume %s in group %s".formatted(topic, name),
                    "the group decides where to read: --to, --partition and --from other than start or end do not go"
                            + " with -g",
                    "move the group with 'flotilla group seek %s', or leave -g out".formatted(name)));
        }
        ConsumerConfig config = ConsumerConfig.of(name, topic)
                .withClientId("flotilla-cli")
                .withReset(
                        from.getAnchor() == Position.Anchor.ANCHOR_END
                                ? OffsetReset.OFFSET_RESET_END
                                : OffsetReset.OFFSET_RESET_START);
        RecordSink sink = RecordSink.open(session.options().format(), session.out());
        try {
            new GroupConsumption(session, connection, config, count).run(topic, exitAtEnd, sink);
            sink.end();
            return ExitCode.OK.code();
        } catch (FlotillaException e) {
            Problem problem = Problem.ofQuestion("cannot consume %s in group %s".formatted(topic, name), e);
            sink.fail(problem.toValue());
            throw CommandFailure.reported(problem);
        } finally {
            session.out().flush();
        }
    }

    private void read(PartitionReader reader, RecordSink sink) throws InterruptedException, IOException {
        while (taken < count && !reader.isFinished()) {
            ReadBatch batch = reader.poll(Duration.ZERO);
            if (batch == null) {
                session.out().flush(); // before waiting, so that a pipe sees what there is
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

    private List<ReadRange> ranges(TopicView view) {
        return partitions(view)
                .mapToObj(number -> range(new TopicPartition(topic, number)))
                .toList();
    }

    private ReadRange range(TopicPartition one) {
        ReadRange range = new ReadRange(one, from, to);
        return to == null && exitAtEnd ? range.untilEnd() : range;
    }

    private IntStream partitions(TopicView view) {
        if (partition == null) {
            return IntStream.range(0, view.partitionCount());
        }
        if (partition < 0 || partition >= view.partitionCount()) {
            throw new CommandFailure(new Problem(
                    ExitCode.NOT_FOUND,
                    "cannot consume %s/%d".formatted(topic, partition),
                    "the topic has %d partitions".formatted(view.partitionCount()),
                    "use --partition 0 to %d, or leave it out".formatted(view.partitionCount() - 1),
                    "UNKNOWN_TOPIC_OR_PARTITION"));
        }
        return IntStream.of(partition);
    }
}
