package io.flotilla.cli.text;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 200ms}, {@code 30s}, {@code 1h30m}, {@code 7d}. */
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,12}(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS,
            "d", ChronoUnit.DAYS);

    private Durations() {}

    public static boolean isDuration(String text) {
        return WHOLE.matcher(text).matches();
    }

    public static Duration parse(String text) {
        if (!isDuration(text)) {
            throw new IllegalArgumentException(
                    "'%s' is not a duration; write 200ms, 30s, 5m, 1h or 7d".formatted(text));
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            ChronoUnit unit = UNITS.getOrDefault(part.group(2), ChronoUnit.SECONDS);
            sum = sum.plus(Long.parseLong(part.group(1)), unit);
        }
        return sum;
    }

    /** For people, its two largest units: {@code 3d4h}, {@code 4m12s}, {@code 0.35s}. */
    public static String show(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.2fs", duration.toMillis() / 1000.0);
        } else if (seconds < 60) {
            return seconds + "s";
        } else if (seconds < 3600) {
            return "%dm%ds".formatted(seconds / 60, seconds % 60);
        } else if (seconds < 86_400) {
            return "%dh%dm".formatted(seconds / 3600, seconds % 3600 / 60);
        }
        return "%dd%dh".formatted(seconds / 86_400, seconds % 86_400 / 3600);
    }
}
