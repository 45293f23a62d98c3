package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
    static Stream<Arguments> texts() {
        return Stream.of(
                arguments("plain", "\"plain\""),
                arguments("", "\"\""),
                arguments("Zürich", "\"Zürich\""),
                arguments("a\"b", "\"a\\\"b\""),
                arguments("a\\b", "\"a\\\\b\""),
                arguments("a\nb\0c", "\"a\\u000ab\\u0000c\""),
                arguments("\ud83d\ude00", "\"\\ud83d\\ude00\""),
                arguments("\ud83d", "\"\\ud83d\""));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void quotesWhateverATextHolds(String text, String json) {
        assertThat(Json.string(text)).isEqualTo(json);
    }

    @Test
    void writesLists() {
        assertThat(Json.array(List.of())).isEqualTo("[]");
        assertThat(Json.array(List.of("a", "b"))).isEqualTo("[\"a\",\"b\"]");
    }
}
