package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryHeaderTest {
    @Test
    void isVersionKindRecordsAndBytesBigEndian() {
        byte[] header = EntryHeader.records(258, 0x01020304);

        assertThat(HexFormat.of().formatHex(header)).isEqualTo("01" + "00" + "00000102" + "01020304");
    }

    @Test
    void aTrimIsVersionKindAndOffsetBigEndian() {
        byte[] header = EntryHeader.trim(0x0102030405060708L);

        assertThat(HexFormat.of().formatHex(header)).isEqualTo("01" + "01" + "0102030405060708");
        assertThat(EntryHeader.trimOffset(header)).hasValue(0x0102030405060708L);
        assertThat(EntryHeader.trimOffset(EntryHeader.records(1, 100))).isEmpty();
    }

    @Test
    void knowsWhatItWrites() {
        assertThatNoException().isThrownBy(() -> EntryHeader.requireKnown(EntryHeader.records(1, 100)));
        assertThatNoException().isThrownBy(() -> EntryHeader.requireKnown(EntryHeader.trim(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "'', -1, -1",
        "01, 1, -1",
        "000000000001000000c8, 0, 0",
        "020000000001000000c8, 2, 0",
        "ff0000000001000000c8, -1, 0",
        "010200000001000000c8, 1, 2",
        "018000000001000000c8, 1, -128",
        "010000000001000000, 1, 0",
        "010000000001000000c800, 1, 0"
    })
    void refusesAnythingElseAndSaysWhatItIs(String hex, int version, int kind) {
        byte[] header = HexFormat.of().parseHex(hex);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> EntryHeader.requireKnown(header))
                .withMessageContaining("version %d and kind %d", version, kind);
    }
}
