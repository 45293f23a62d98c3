package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.error.ErrorTable;
import io.flotilla.v1.ListOffsetsResponse.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Offsets of partitions as an answer. */
final class OffsetRows {
    private static final Table TABLE = new Table(
            Column.of("PARTITION", item -> item.text("topic") + "/" + item.text("partition")),
            Column.of("START", "start"),
            Column.of("END", "end"),
            Column.of("RECORDS", "records"),
            Column.of("AT", "at"),
            Column.of("AT-TIME", "atTime"),
            Column.of("TROUBLE", "error"));

    private OffsetRows() {}

    /** @param moments of the same partitions, or none */
    static Answer answer(List<Result> starts, List<Result> ends, List<Result> moments) {
        List<Value.Fields> items = new ArrayList<>();
        List<Value.Fields> errors = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            List<Result> all = new ArrayList<>(List.of(starts.get(i), ends.get(i)));
            if (!moments.isEmpty()) {
                all.add(moments.get(i));
            }
            items.add(item(all));
            all.stream()
                    .filter(Result::hasError)
                    .findFirst()
                    .map(OffsetRows::error)
                    .ifPresent(errors::add);
        }
        return new Answer("TopicOffsets", items, TABLE, errors);
    }

    private static Value.Fields error(Result failed) {
        return Value.Fields.with("code", ErrorTable.name(failed.getError().getCode()))
                .and("partition", failed.getTopic() + "/" + failed.getPartition())
                .and("message", failed.getError().getMessage())
                .build();
    }

    /** @param all start, end, and perhaps a moment of one partition */
    private static Value.Fields item(List<Result> all) {
        Result start = all.get(0);
        Value.Builder item = Value.Fields.with("topic", start.getTopic()).and("partition", start.getPartition());
        for (Result result : all) {
            if (result.hasError()) {
                return item.and("error", result.getError().getMessage()).build();
            }
        }
        long from = start.getFound().getOffset();
        long to = Math.max(from, all.get(1).getFound().getOffset());
        item.and("start", from).and("end", to).and("records", to - from);
        if (all.size() > 2) {
            Result moment = all.get(2);
            item.and("at", moment.getFound().getOffset());
            long time = moment.getFound().getTimestampMs();
            if (time > 0) {
                item.and("atTime", Instant.ofEpochMilli(time).toString());
            }
        }
        return item.build();
    }
}
