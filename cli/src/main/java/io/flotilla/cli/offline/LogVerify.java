package io.flotilla.cli.offline;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Sizes;
import io.flotilla.log.LogReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla log verify}: every byte of every log, and replicas of a partition against each other. */
@Command(
        name = "verify",
        description = "Check logs byte by byte; of several brokers, that replicas of a partition hold the same bytes,"
                + " or where they were compacted the same newest record of each key."
                + " Exits with 1 if something is wrong",
        footer = {"", "Example:", "  flotilla log verify D1 D2 D3 --partition web/0"})
final class LogVerify implements Callable<Integer> {
    private static final Table TABLE = new Table(
            Column.of("PARTITION", "partition"),
            Column.of("DIRECTORY", "directory"),
            Column.of("LOG-START", "logStart"),
            Column.of("LOG-END", "logEnd"),
            Column.of("BATCHES", "batches"),
            Column.of("SIZE", item -> Sizes.show(Long.parseLong(item.text("sizeBytes")))),
            Column.of("SHA-256", item -> item.text("sha256").substring(0, 12)),
            Column.of("PROBLEM", "problem"));

    private final Session session;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Data directories, or the log directory of a partition")
    private List<Path> directories = List.of();

    @Option(names = "--partition", paramLabel = "TOPIC/N", description = "Only this one. Default: all")
    private String partition = "";

    LogVerify(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, List<CheckedLog>> byPartition = new LinkedHashMap<>();
        for (Path directory : directories) {
            ReplicaLog.in(directory).stream()
                    .filter(log -> partition.isEmpty() || partition.equals(log.name()))
                    .forEach(log -> byPartition
                            .computeIfAbsent(log.id(), id -> new ArrayList<>())
                            .add(check(log)));
        }
        List<Value.Fields> errors = byPartition.values().stream()
                .map(ReplicaComparison::new)
                .flatMap(comparison -> comparison.differences().stream())
                .toList();
        List<CheckedLog> all =
                byPartition.values().stream().flatMap(List::stream).toList();
        session.show(new Answer(
                "LogReportList", all.stream().map(CheckedLog::toValue).toList(), TABLE, errors));
        errors.forEach(error -> session.err().println(error.text("message")));
        boolean isGood = errors.isEmpty() && all.stream().allMatch(CheckedLog::isGood);
        session.say("%d logs of %d partitions: %s"
                .formatted(all.size(), byPartition.size(), isGood ? "all good" : "not good"));
        return (isGood ? ExitCode.OK : ExitCode.FAILED).code();
    }

    private static CheckedLog check(ReplicaLog log) {
        try {
            LogReport report = log.open().verify();
            return new CheckedLog(log, report);
        } catch (IOException e) {
            throw ReplicaLog.unreadable(log.directory(), e);
        }
    }
}
