package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur2Test {
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
        "abc, 479470107",
    })
    void hashesAsKafkaDoes(String key, int hash) {
        assertThat(Murmur2.hash(ByteString.copyFromUtf8(key))).isEqualTo(hash);
    }

    @Test
    void dropsTheSignRatherThanNegatingIt() {
        ByteString negative = ByteString.copyFromUtf8("21");

        assertThat(Murmur2.partition(negative, 1000)).isEqualTo((-973932308 & 0x7fffffff) % 1000);
        assertThat(Murmur2.partition(negative, 1)).isZero();
        assertThat(Murmur2.partition(ByteString.EMPTY, 12)).isBetween(0, 11);
    }
}
