package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.text.NearestKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NearestKeyTest {
    private static final List<String> KEYS =
            Feature.allKeys().map(SettingKey::name).toList();

    static Stream<String> keys() {
        return KEYS.stream();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void findsTheKeyBehindAnySingleMissingLetter(String key) {
        for (int i = 0; i < key.length(); i++) {
            String written = key.substring(0, i) + key.substring(i + 1);

            assertThat(NearestKey.to(written, KEYS)).as(written).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http-port, listener.http-port",
        "data-dir, node.data-dir",
        "node.dataDir, node.data-dir",
        "node.directory, node.data-dir",
        "min-free-bytes, storage.min-free-bytes",
        "raft.port, listener.raft-port",
        "partitions, topic-defaults.partitions",
        "drain-timeout, drain.timeout"
    })
    void findsTheKeyWhenAPartIsMissingOrElsewhere(String written, String key) {
        assertThat(NearestKey.to(written, KEYS)).isEqualTo(key);
    }

    @Test
    void choosesTheFirstForSomethingQuiteDifferent() {
        assertThat(NearestKey.to("?", KEYS)).isEqualTo(KEYS.get(0));
    }
}
