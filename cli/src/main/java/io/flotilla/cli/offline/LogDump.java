package io.flotilla.cli.offline;

import io.flotilla.cli.data.BatchValue;
import io.flotilla.cli.data.RecordValue;
import io.flotilla.cli.output.ItemStream;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Session;
import io.flotilla.client.TopicPartition;
import io.flotilla.log.BatchHeader;
import io.flotilla.log.LogReport;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.record.RecordCursor;
import io.flotilla.v1.TimestampType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla log dump}: batches as they lie on disk, one after another. */
@Command(
        name = "dump",
        description = "Show the batches in log files, and their records",
        footer = {"", "Example:", "  flotilla log dump /var/lib/flotilla -o ndjson"})
final class LogDump implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "DIR", description = "A data directory, or the log directory of a partition")
    private Path directory = Path.of("");

    @Option(names = "--partition", paramLabel = "TOPIC/N", description = "Only this one. Default: all")
    private String partition = "";

    @Option(names = "--from", paramLabel = "OFFSET", description = "Batches from this offset on")
    private long from;

    @Option(names = "--to", paramLabel = "OFFSET", description = "Batches up to this offset, exclusive")
    private long to = Long.MAX_VALUE;

    @Option(names = "--records", description = "Their records too")
    private boolean records;

    LogDump(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        boolean isMachine = session.options().format().isMachine();
        ItemStream items =
                isMachine ? ItemStream.open(session.out(), session.options().format(), "BatchList") : null;
        boolean isGood = true;
        for (ReplicaLog log : ReplicaLog.in(directory)) {
            if (partition.isEmpty() || partition.equals(log.name())) {
                isGood &= dump(log, items);
            }
        }
        if (items != null) {
            items.end();
        }
        session.out().flush();
        return (isGood ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private boolean dump(ReplicaLog log, @Nullable ItemStream items) throws IOException {
        LogReport report = log.open().visit(from, to, (file, position, header, body) -> {
            Value.Fields item = value(log, file, position, frame(header, body));
            try {
                if (items == null) {
                    session.write(lines(item));
                } else {
                    items.add(item);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        CheckedLog checked = new CheckedLog(log, report);
        report.problem()
                .ifPresent(problem -> session.err().println(checked.toValue().text("problem")));
        return checked.isGood();
    }

    private static BatchFrame frame(BatchHeader header, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(body.position(), bytes);
        FrameHeader frame = new FrameHeader(
                header.baseOffset(),
                header.nextOffset(),
                header.raftIndex(),
                header.term(),
                header.appendTimeMs(),
                header.maxTimestampMs(),
                header.logAppendTime()
                        ? TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME
                        : TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        return BatchFrame.of(frame, bytes, 0, bytes.length);
    }

    private Value.Fields value(ReplicaLog log, Path file, long position, BatchFrame frame) {
        Value.Builder fields = Value.Fields.with("partition", log.name())
                .and("file", String.valueOf(file.getFileName()))
                .and("position", position);
        BatchValue.of(frame).values().forEach(fields::and);
        if (records) {
            fields.and("records", new Value.Items(records(log, frame)));
        }
        return fields.build();
    }

    private static List<Value> records(ReplicaLog log, BatchFrame frame) {
        int slash = log.name().lastIndexOf('/');
        TopicPartition place = new TopicPartition(
                slash < 0 ? log.name() : log.name().substring(0, slash),
                slash < 0 ? 0 : Integer.parseInt(log.name().substring(slash + 1)));
        List<Value> values = new ArrayList<>();
        for (RecordCursor cursor = RecordCursor.open(frame); cursor.next(); ) {
            values.add(RecordValue.of(place, cursor.record()));
        }
        return values;
    }

    private static String lines(Value.Fields batch) {
        StringBuilder lines =
                new StringBuilder("%s  %s@%s  offsets %s to %s  term %s  raft index %s  %s bytes  %s  %s%n"
                        .formatted(
                                batch.text("partition"),
                                batch.text("file"),
                                batch.text("position"),
                                batch.text("baseOffset"),
                                Long.parseLong(batch.text("nextOffset")) - 1,
                                batch.text("leaderEpoch"),
                                batch.text("raftIndex"),
                                batch.text("sizeBytes"),
                                batch.text("compression"),
                                batch.text("appendTime")));
        batch.objects("records")
                .forEach(record -> lines.append("    ").append(record.asText()).append('\n'));
        return lines.toString();
    }
}
