package io.flotilla.broker.config;

import io.flotilla.client.Endpoint;
import io.flotilla.raft.Peer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How values of one type are written in a file, a variable or a flag. */
final class ValueFormat {
    static final ValueFormat TEXT = new ValueFormat("text", "text", text -> text, String::valueOf);
    static final ValueFormat DURATION = new ValueFormat(
            "duration",
            "a duration with its unit: ms, s, m, h or d, such as 250ms or 10s",
            text -> Duration.ofMillis(Units.MILLISECONDS.parse(text)),
            value -> Units.MILLISECONDS.write(((Duration) value).toMillis()));

    private static final ValueFormat INT = new ValueFormat(
            "number", "a whole number of at most " + Integer.MAX_VALUE, Integer::valueOf, String::valueOf);
    private static final ValueFormat LONG = new ValueFormat("number", "a whole number", Long::valueOf, String::valueOf);
    private static final ValueFormat LONG_BYTES = new ValueFormat(
            "bytes",
            "a number of bytes, such as 65536, 64KiB, 16MiB, 2GiB or 1TiB",
            Units.BYTES::parse,
            value -> Units.BYTES.write((Long) value));
    private static final ValueFormat INT_BYTES = new ValueFormat(
            "bytes",
            "a number of bytes below 2GiB, such as 65536, 64KiB or 16MiB",
            ValueFormat::parseIntBytes,
            value -> Units.BYTES.write((Integer) value));

    private static final Map<Type, ValueFormat> OF_TYPE = Map.of(
            int.class,
            INT,
            long.class,
            LONG,
            boolean.class,
            new ValueFormat("boolean", "true or false", ValueFormat::parseBoolean, String::valueOf),
            String.class,
            TEXT,
            Path.class,
            new ValueFormat("path", "a path", Path::of, String::valueOf),
            Duration.class,
            DURATION,
            Peer.class,
            new ValueFormat("id@host:port", "id@host:port", Peer::parse, String::valueOf),
            Endpoint.class,
            new ValueFormat("host:port", "host:port", Endpoint::parse, String::valueOf));

    private final String type;
    private final String expected;
    private final Function<String, Object> parser;
    private final Function<Object, String> writer;

    private ValueFormat(
            String type, String expected, Function<String, Object> parser, Function<Object, String> writer) {
        this.type = type;
        this.expected = expected;
        this.parser = parser;
        this.writer = writer;
    }

    /**
     * By the component's type, and by its name where it counts bytes. A map's entries are settings of their own; this is
     * the format of one value.
     */
    static ValueFormat of(RecordComponent component) {
        Type type = component.getGenericType();
        if (component.getType() == List.class) {
            return listOf(ofType(arguments(type)[0]));
        } else if (component.getType() == Map.class) {
            return ofType(arguments(type)[1]);
        } else if (component.getName().endsWith("Bytes")) {
            return type == int.class ? INT_BYTES : LONG_BYTES;
        }
        return ofType(type);
    }

    private static Type[] arguments(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments();
    }

    private static ValueFormat ofType(Type type) {
        ValueFormat format = OF_TYPE.get(type);
        if (format == null) {
            throw new IllegalStateException("no format is known for settings of type " + type.getTypeName());
        }
        return format;
    }

    private static ValueFormat listOf(ValueFormat element) {
        return new ValueFormat(
                "list of " + element.type,
                element.expected + ", several separated by commas",
                text -> text.isEmpty()
                        ? List.of()
                        : Arrays.stream(text.split(",", -1))
                                .map(String::strip)
                                .map(element::parse)
                                .toList(),
                value -> ((List<?>) value).stream().map(element::write).collect(Collectors.joining(",")));
    }

    private static Object parseBoolean(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }

    private static Object parseIntBytes(String text) {
        long bytes = Units.BYTES.parse(text);
        if (bytes != (int) bytes) {
            throw new IllegalArgumentException(text);
        }
        return (int) bytes;
    }

    /** A word or two for the kind of values. */
    String type() {
        return type;
    }

    /** What is understood, to go after "must be". */
    String expected() {
        return expected;
    }

    /** Throws {@link IllegalArgumentException} if {@code text} is not understood. */
    Object parse(String text) {
        return parser.apply(text);
    }

    /** As {@link #parse} would read it. */
    String write(Object value) {
        return writer.apply(value);
    }
}
