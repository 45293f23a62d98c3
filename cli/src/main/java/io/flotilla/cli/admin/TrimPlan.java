package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.error.ErrorTable;
import io.flotilla.v1.TruncateTopicResponse.Result;
import java.util.List;

/** Where logs start and are to start, or started and start now. */
record TrimPlan(String topic, List<Result> results) {
    private static final Table TABLE = new Table(
            Column.of("PARTITION", item -> item.text("topic") + "/" + item.text("partition")),
            Column.of("OLD-START", "oldLogStartOffset"),
            Column.of("START", "logStartOffset"),
            Column.of("RECORDS", "records"),
            Column.of("TROUBLE", "error"));

    TrimPlan {
        results = List.copyOf(results);
    }

    /** Offsets that go. */
    long records() {
        return results.stream().mapToLong(TrimPlan::records).sum();
    }

    private static long records(Result result) {
        return result.getLogStartOffset() - result.getOldLogStartOffset();
    }

    Answer answer(String kind) {
        return new Answer(
                kind,
                results.stream().map(this::item).toList(),
                TABLE,
                results.stream().filter(Result::hasError).map(this::error).toList());
    }

    private Value.Fields item(Result result) {
        Value.Builder item = Value.Fields.with("topic", topic).and("partition", result.getPartition());
        return result.hasError()
                ? item.and("error", result.getError().getMessage()).build()
                : item.and("oldLogStartOffset", result.getOldLogStartOffset())
                        .and("logStartOffset", result.getLogStartOffset())
                        .and("records", records(result))
                        .build();
    }

    private Value.Fields error(Result result) {
        return Value.Fields.with("code", ErrorTable.name(result.getError().getCode()))
                .and("partition", topic + "/" + result.getPartition())
                .and("message", result.getError().getMessage())
                .build();
    }

    static Problem problem(String topic, int failed) {
        return new Problem(
                ExitCode.FAILED,
                "cannot trim %d partitions of topic %s".formatted(failed, topic),
                "see TROUBLE; the other partitions are not affected",
                "see which offsets there are: flotilla topic offsets " + topic,
                "PARTITIONS_FAILED");
    }
}
