package io.flotilla.cli.output;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node of an answer, as JSON knows them; what is absent is left out. Immutable. */
public sealed interface Value {
    /** A string. */
    record Text(String text) implements Value {}

    /** An integer. */
    record Whole(long number) implements Value {}

    /** True or false. */
    record Flag(boolean flag) implements Value {}

    /** A list. */
    record Items(List<Value> values) implements Value {
        public Items {
            values = List.copyOf(values);
        }
    }

    /** An object; its fields keep their order. */
    record Fields(Map<String, Value> values) implements Value {
        public static final Fields NONE = new Fields(Map.of());

        public Fields {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        /** Collects fields in order. */
        public static Builder with(String name, long number) {
            return new Builder().and(name, number);
        }

        /** Collects fields in order. */
        public static Builder with(String name, String text) {
            return new Builder().and(name, text);
        }

        /** What stands at a path such as {@code endpoint.host}, as people read it; empty if nothing does. */
        public String text(String path) {
            int dot = path.indexOf('.');
            Value value = values.get(dot < 0 ? path : path.substring(0, dot));
            if (dot >= 0) {
                return value instanceof Fields fields ? fields.text(path.substring(dot + 1)) : "";
            }
            return value == null ? "" : value.asText();
        }

        /** The list in one field; empty if there is none. */
        public List<Value> list(String name) {
            return values.get(name) instanceof Items items ? items.values() : List.of();
        }

        /** The objects in one field's list. */
        public List<Fields> objects(String name) {
            return list(name).stream()
                    .filter(Fields.class::isInstance)
                    .map(Fields.class::cast)
                    .toList();
        }
    }

    /** Fields so far; used by one thread. */
    final class Builder {
        private final Map<String, Value> values = new LinkedHashMap<>();

        public Builder and(String name, Value value) {
            values.put(name, value);
            return this;
        }

        public Builder and(String name, String text) {
            return and(name, new Text(text));
        }

        public Builder and(String name, long number) {
            return and(name, new Whole(number));
        }

        public Builder and(String name, boolean flag) {
            return and(name, new Flag(flag));
        }

        public Fields build() {
            return new Fields(values);
        }
    }

    /** For tables: lists are joined by commas, objects are shown as JSON. */
    default String asText() {
        if (this instanceof Text text) {
            return text.text();
        }
        if (this instanceof Items items) {
            return String.join(",", items.values().stream().map(Value::asText).toList());
        }
        return Json.compact(this);
    }
}
