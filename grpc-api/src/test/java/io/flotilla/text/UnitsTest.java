package io.flotilla.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1KiB, 1024",
        "65536, 65536",
        "10MiB, 10485760",
        "3GiB, 3221225472",
        "2TiB, 2199023255552",
        "-1, -1"
    })
    void readsBytes(String text, long bytes) {
        assertThat(Units.BYTES.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"250ms, 250", "10s, 10000", "5m, 300000", "2h, 7200000", "7d, 604800000", "0s, 0", "-1s, -1000"})
    void readsDurations(String text, long milliseconds) {
        assertThat(Units.MILLISECONDS.parse(text)).isEqualTo(milliseconds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MiB",
                "1.5MiB",
                "10MB",
                "10mib",
                "10 MiB",
                "1_000",
                "+1",
                "0x10",
                "\u0661",
                "9999999TiB",
                "99999999999999999999"
            })
    void refusesOtherBytes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.BYTES.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "1h30m", "10 s", "10S", "1us", "999999999999999999d"})
    void refusesOtherDurations(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.MILLISECONDS.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1023, 1023", "1024, 1KiB", "1536, 1536", "1048576, 1MiB", "2048, 2KiB"})
    void writesBytesInTheLargestUnitThatFits(long bytes, String text) {
        assertThat(Units.BYTES.write(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0ms", "999, 999ms", "1000, 1s", "90000, 90s", "60000, 1m", "86400000, 1d"})
    void writesDurationsInTheLargestUnitThatFits(long milliseconds, String text) {
        assertThat(Units.MILLISECONDS.write(milliseconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource(Units.class)
    void readsWhatItWrites(Units units) {
        Random random = new Random(7);

        for (int i = 0; i < 1000; i++) {
            long value = random.nextLong(1L << random.nextInt(1, 55));

            assertThat(units.parse(units.write(value))).isEqualTo(value);
        }
    }
}
