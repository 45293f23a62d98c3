package io.flotilla.cli.output;

import java.util.List;

/**
 * What a command has found out.
 *
 * @param kind of its items, part of what programs read: {@code TopicList}
 * @param sheet how people see it
 * @param errors what went wrong on the way
 */
public record Answer(String kind, List<Value.Fields> items, Sheet sheet, List<Value.Fields> errors) {
    /** The version of what programs read. */
    public static final String API_VERSION = "flotilla/v1";

    public Answer {
        items = List.copyOf(items);
        errors = List.copyOf(errors);
    }

    public static Answer of(String kind, List<Value.Fields> items, Sheet sheet) {
        return new Answer(kind, items, sheet, List.of());
    }

    /** An answer to a command that failed. */
    public static Answer failed(Value.Fields error) {
        return new Answer("Error", List.of(), new Table(), List.of(error));
    }

    Value.Fields envelope() {
        return Value.Fields.with("apiVersion", API_VERSION)
                .and("kind", kind)
                .and("items", new Value.Items(List.copyOf(items)))
                .and("errors", new Value.Items(List.copyOf(errors)))
                .build();
    }

    /** In that form, with a line break at the end unless there is nothing to show. */
    public String in(OutputFormat format) {
        return switch (format) {
            case TABLE -> lines(sheet.lines(items, false));
            case WIDE -> lines(sheet.lines(items, true));
            case JSON -> Json.pretty(envelope()) + "\n";
            case YAML -> Yaml.of(envelope());
            case NDJSON ->
                lines(items.stream().map(Json::compact).toList())
                        + lines(errors.stream().map(Answer::errorLine).toList());
            case TSV ->
                lines(items.stream().map(item -> Tsv.line(sheet.cells(item))).toList());
            case NAME -> lines(items.stream().map(sheet::name).toList());
        };
    }

    private static String errorLine(Value.Fields error) {
        return Json.compact(new Value.Builder().and("error", error).build());
    }

    private static String lines(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
}
