package io.flotilla.cli.admin;

import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.text.Durations;
import io.flotilla.cli.text.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** What the tables of this package have in common. */
final class Cells {
    private Cells() {}

    /** How long ago the time in a field is. */
    static Column age(String path, InstantSource clock) {
        return Column.of("AGE", path, time -> Durations.show(Duration.between(Instant.parse(time), clock.instant())));
    }

    static Column size(String header, String path) {
        return Column.of(header, path, bytes -> Sizes.show(Long.parseLong(bytes)));
    }

    /** {@code STATE_OFFLINE} as {@code offline}. */
    static Column state(String header, String path) {
        return Column.of(header, item -> word(item.text(path)));
    }

    static String word(String constant) {
        return constant.replaceFirst("^STATE_", "").toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The same, unless it is the number that stands for nobody. */
    static String broker(Value.Fields item, String path) {
        String id = item.text(path);
        return id.equals("-1") ? "none" : id;
    }
}
