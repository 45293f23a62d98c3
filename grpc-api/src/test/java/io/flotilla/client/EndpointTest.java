package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "broker1, broker1, 7400",
        "broker1:9000, broker1, 9000",
        "' 10.0.0.1:1 ', 10.0.0.1, 1",
        "[::1]:7401, ::1, 7401",
        "[fe80::2], fe80::2, 7400",
    })
    void readsAddresses(String text, String host, int port) {
        assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint(host, port));
    }

    @Test
    void writesWhatItReads() {
        assertThat(Endpoint.parseList("a:1,[::1]:2,c").stream().map(Endpoint::toString))
                .containsExactly("a:1", "[::1]:2", "c:7400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:", "a:x", "a:0", "a:65536", ":7400"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
