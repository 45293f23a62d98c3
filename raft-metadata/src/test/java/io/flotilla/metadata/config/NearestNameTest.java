package io.flotilla.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "abc, abc, 0",
        "abc, '', 3",
        "'', abc, 3",
        "kitten, sitting, 3",
        "flaw, lawn, 2",
        "ab, ba, 2"
    })
    void countsInsertionsDeletionsAndReplacements(String a, String b, int distance) {
        assertThat(NearestName.distance(a, b)).isEqualTo(distance);
        assertThat(NearestName.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void takesTheFirstOfEquallyNearNames() {
        assertThat(NearestName.to("cat", List.of("dog", "bat", "rat"))).isEqualTo("bat");
    }
}
