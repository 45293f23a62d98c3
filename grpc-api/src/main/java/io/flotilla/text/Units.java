package io.flotilla.text;

import java.util.Comparator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole numbers as people write them, with a unit right behind: {@code 64MiB}, {@code 10s}. Case matters. */
public enum Units {
    /** A number without a unit is bytes. */
    BYTES(Map.of("", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40)),
    /** A unit must be there, so that nobody takes seconds for milliseconds. */
    MILLISECONDS(Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L));

    private static final Pattern WRITTEN = Pattern.compile("(-?\\d{1,18})([A-Za-z]*)");

    @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
    private final Map<String, Long> sizes;

    Units(Map<String, Long> sizes) {
        this.sizes = sizes;
    }

    /** Throws {@link IllegalArgumentException} if {@code text} is not such a number or too large for a long. */
    public long parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        Long size = written.matches() ? sizes.get(written.group(2)) : null;
        if (size == null) {
            throw new IllegalArgumentException(text);
        }
        try {
            return Math.multiplyExact(Long.parseLong(written.group(1)), size);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** In the largest unit that needs no fraction. */
    public String write(long value) {
        return sizes.entrySet().stream()
                .filter(unit -> unit.getValue() == 1 || (value != 0 && value % unit.getValue() == 0))
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(unit -> value / unit.getValue() + unit.getKey())
                .orElseThrow();
    }
}
