package io.flotilla.broker.config;

import io.flotilla.text.Units;
import io.flotilla.text.ValueFormat;
import java.time.Duration;

/** What a component of a settings record must be; whatever is not throws {@link InvalidSettingException}. */
final class Rule {
    private Rule() {}

    /** Both ends inclusive. */
    static void range(String component, long value, long min, long max) {
        require(value >= min && value <= max, component, value, "must be %d to %d".formatted(min, max));
    }

    /** Both ends inclusive. */
    static void bytes(String component, long value, long min, long max) {
        require(
                value >= min && value <= max,
                component,
                Units.BYTES.write(value),
                "must be %s to %s".formatted(Units.BYTES.write(min), Units.BYTES.write(max)));
    }

    /** Both ends inclusive. */
    static void range(String component, Duration value, Duration min, Duration max) {
        require(
                value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                component,
                ValueFormat.DURATION.write(value),
                "must be %s to %s".formatted(ValueFormat.DURATION.write(min), ValueFormat.DURATION.write(max)));
    }

    /** As in {@link InvalidSettingException}. */
    static void require(boolean holds, String component, Object value, String rule) {
        if (!holds) {
            throw new InvalidSettingException(component, value, rule);
        }
    }
}
