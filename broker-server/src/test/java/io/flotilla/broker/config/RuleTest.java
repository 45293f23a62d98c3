package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {
    @ParameterizedTest
    @ValueSource(longs = {1024, 1025, 2047, 2048})
    void allowsARangeWithBothItsEnds(long value) {
        assertThatCode(() -> {
                    Rule.range("x", value, 1024, 2048);
                    Rule.bytes("x", value, 1024, 2048);
                    Rule.range("x", Duration.ofMillis(value), Duration.ofMillis(1024), Duration.ofMillis(2048));
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 1023, 2049, Long.MAX_VALUE})
    void refusesNumbersOutsideARange(long value) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Rule.range("x", value, 1024, 2048))
                .withMessage("x is '%d'; must be 1024 to 2048", value);
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Rule.bytes("x", value, 1024, 2048))
                .withMessageEndingWith("; must be 1KiB to 2KiB");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1023, 2049})
    void refusesDurationsOutsideARange(long millis) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() ->
                        Rule.range("x", Duration.ofMillis(millis), Duration.ofMillis(1024), Duration.ofMillis(2048)))
                .withMessage("x is '%dms'; must be 1024ms to 2048ms", millis);
    }

    @Test
    void namesOtherComponentsAsTheyAreInTheRecord() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> Rule.require(false, "x", "v", "must differ from {someOther}"))
                .withMessage("x is 'v'; must differ from someOther");
    }
}
