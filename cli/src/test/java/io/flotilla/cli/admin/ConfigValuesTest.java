package io.flotilla.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigValuesTest {
    @ParameterizedTest
    @CsvSource({
        "segment.bytes, 64MiB, 67108864",
        "segment.bytes, 1048576, 1048576",
        "segment.bytes, large, large",
        "segment.ms, 1h, 3600000",
        "segment.ms, 60000, 60000",
        "segment.ms, -1, -1",
        "message.timestamp.type, CreateTime, CreateTime",
        "no.such.key, 1h, 1h"
    })
    void makesPlainNumbersOfWhatPeopleWrite(String key, String written, String plain) {
        assertThat(ConfigValues.plain(Map.of(key, written))).containsExactly(Map.entry(key, plain));
    }
}
