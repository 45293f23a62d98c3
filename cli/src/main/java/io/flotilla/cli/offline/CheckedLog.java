package io.flotilla.cli.offline;

import io.flotilla.cli.output.Value;
import io.flotilla.log.LogReport;

/** A log and what was found in it. */
record CheckedLog(ReplicaLog log, LogReport report) {
    /** False if the log cannot be opened as it is. */
    boolean isGood() {
        return report.problem().map(LogReport.Problem::isRepairable).orElse(true);
    }

    Value.Fields toValue() {
        Value.Builder fields = Value.Fields.with("partition", log.name())
                .and("directory", log.directory().toString())
                .and("logStart", report.logStart())
                .and("logEnd", report.endOffset())
                .and("flushed", report.flushedOffset())
                .and("compactedTo", report.rewrittenEnd())
                .and("batches", report.batches())
                .and("sizeBytes", report.bytes())
                .and("unfinishedBytes", report.unfinishedBytes())
                .and("sha256", report.sha256());
        report.problem().ifPresent(problem -> fields.and("problem", problem(problem)));
        return fields.build();
    }

    private static String problem(LogReport.Problem problem) {
        return "%s at byte %d: %s%s"
                .formatted(
                        problem.file().getFileName(),
                        problem.position(),
                        problem.reason(),
                        problem.isRepairable() ? " (repaired at the next start)" : "");
    }
}
