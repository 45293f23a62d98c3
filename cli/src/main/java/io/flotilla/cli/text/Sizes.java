package io.flotilla.cli.text;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512}, {@code 10MiB}, {@code 1 GB}. */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("k", 1L << 10),
            Map.entry("kib", 1L << 10),
            Map.entry("kb", 1_000L),
            Map.entry("m", 1L << 20),
            Map.entry("mib", 1L << 20),
            Map.entry("mb", 1_000_000L),
            Map.entry("g", 1L << 30),
            Map.entry("gib", 1L << 30),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("t", 1L << 40),
            Map.entry("tib", 1L << 40),
            Map.entry("tb", 1_000_000_000_000L));
    private static final String[] SHOWN = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Sizes() {}

    /** A size somebody wrote. */
    public record Size(long bytes) {
        public static Size parse(String text) {
            return new Size(Sizes.parse(text));
        }
    }

    /** Bytes. */
    public static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip());
        Long unit = size.matches() ? UNITS.get(size.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(
                    "'%s' is not a size; write bytes, or 512KiB, 10MiB, 1GiB".formatted(text));
        }
        try {
            return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'%s' is more than 2^63 bytes".formatted(text), e);
        }
    }

    /** For people, with three digits or so: {@code 1.5 MiB}. */
    public static String show(long bytes) {
        double shown = bytes;
        int unit = 0;
        while (shown >= 1024) {
            shown /= 1024;
            unit++;
        }
        return unit == 0 || shown >= 100
                ? "%.0f %s".formatted(shown, SHOWN[unit])
                : String.format(Locale.ROOT, "%.1f %s", shown, SHOWN[unit]);
    }
}
