package io.flotilla.text;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How values of one type are written in a file, a variable or a flag. */
public final class ValueFormat {
    /** Anything. */
    public static final ValueFormat TEXT = new ValueFormat("text", "text", text -> text, String::valueOf);

    /** A number with a unit of time. */
    public static final ValueFormat DURATION = new ValueFormat(
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
            DURATION);

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

    /** Of a type that is written as its {@code toString()} says. */
    public static ValueFormat of(String form, Function<String, Object> parser) {
        return new ValueFormat(form, form, parser, String::valueOf);
    }

    /**
     * By the component's type, and by its name where it counts bytes. A map's entries are settings of their own; this is
     * the format of one value.
     *
     * @param others types that are not known here
     */
    public static ValueFormat of(RecordComponent component, Map<Type, ValueFormat> others) {
        Type type = component.getGenericType();
        if (component.getType() == List.class) {
            return listOf(ofType(arguments(type)[0], others));
        } else if (component.getType() == Map.class) {
            return ofType(arguments(type)[1], others);
        } else if (component.getName().endsWith("Bytes")) {
            return type == int.class ? INT_BYTES : LONG_BYTES;
        }
        return ofType(type, others);
    }

    private static Type[] arguments(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments();
    }

    private static ValueFormat ofType(Type type, Map<Type, ValueFormat> others) {
        ValueFormat format = others.getOrDefault(type, OF_TYPE.get(type));
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

    /**
     * One of several words.
     *
     * @param words with what they stand for
     */
    public static ValueFormat oneOf(Map<String, ?> words) {
        List<String> sorted = words.keySet().stream().sorted().toList();
        String form = "one of " + String.join(", ", sorted);
        return new ValueFormat(
                form,
                form,
                text -> {
                    Object value = words.get(text);
                    if (value == null) {
                        throw new IllegalArgumentException(text);
                    }
                    return value;
                },
                value -> sorted.stream()
                        .filter(word -> value.equals(words.get(word)))
                        .findFirst()
                        .orElseThrow());
    }

    /** How a component's name is written in a key: {@code maxInFlightEntries} as {@code max-in-flight-entries}. */
    public static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
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
    public String type() {
        return type;
    }

    /** What is understood, to go after "must be". */
    public String expected() {
        return expected;
    }

    /** Throws {@link IllegalArgumentException} if {@code text} is not understood. */
    public Object parse(String text) {
        return parser.apply(text);
    }

    /** As {@link #parse} would read it. */
    public String write(Object value) {
        return writer.apply(value);
    }
}
