package io.flotilla.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "7b, 7",
        "10KiB, 10240",
        "10 k, 10240",
        "1kb, 1000",
        "3MiB, 3145728",
        "2g, 2147483648"
    })
    void readsBytesWithBinaryAndDecimalUnits(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ten", "-1", "1.5MiB", "10 parsecs", "9999999999TiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Sizes.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void showsThreeDigitsOrSo() {
        assertThat(Sizes.show(0)).isEqualTo("0 B");
        assertThat(Sizes.show(1023)).isEqualTo("1023 B");
        assertThat(Sizes.show(1536)).isEqualTo("1.5 KiB");
        assertThat(Sizes.show(200L << 20)).isEqualTo("200 MiB");
        assertThat(Sizes.show(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }
}
