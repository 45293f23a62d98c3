package io.flotilla.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"200ms, PT0.2S", "30s, PT30S", "5m, PT5M", "1h30m, PT1H30M", "7d, P7D"})
    void readsNumbersWithUnits(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1 s", "1w", "1.5h"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsTheTwoLargestUnits() {
        assertThat(Durations.show(Duration.ofMillis(350))).isEqualTo("0.35s");
        assertThat(Durations.show(Duration.ofSeconds(42))).isEqualTo("42s");
        assertThat(Durations.show(Duration.ofSeconds(252))).isEqualTo("4m12s");
        assertThat(Durations.show(Duration.ofMinutes(61))).isEqualTo("1h1m");
        assertThat(Durations.show(Duration.ofHours(76))).isEqualTo("3d4h");
    }
}
