package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicIdTest {
    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void survivesItsTextAndItsBytes(long seed) {
        TopicId id = TopicId.random(new SplittableRandom(seed));

        assertThat(TopicId.parse(id.toString())).isEqualTo(id);
        assertThat(TopicId.of(id.toBytes())).isEqualTo(id);
    }

    @Test
    void isDrawnFromTheGivenRandomnessAlone() {
        TopicId first = TopicId.random(new SplittableRandom(1));

        assertThat(TopicId.random(new SplittableRandom(1))).isEqualTo(first);
        assertThat(TopicId.random(new SplittableRandom(2))).isNotEqualTo(first);
    }

    @Test
    void isAUuidOfVersion4() {
        UUID uuid = TopicId.random(new SplittableRandom(7)).uuid();

        assertThat(uuid.version()).isEqualTo(4);
        assertThat(uuid.variant()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "0-0-4000-8000-0",
                "0f8fad5b-d9cb-469f-a165-70867728000",
                "0f8fad5b-d9cb-469f-a165-7086772800000",
                " 0f8fad5b-d9cb-469f-a165-708677280000"
            })
    void refusesOtherTextAndSaysWhatAnIdLooksLike(String text) {
        assertThatThrownBy(() -> TopicId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' is not a topic id; one looks like 0f8fad5b-d9cb-469f-a165-708677280000", text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "0f8fad5b-d9cb-469f-a165-708677280001",
                "0f8fad5b-d9cb-169f-a165-708677280000"
            })
    void refusesUuidsThatCouldBeThoseOfAPartitionOrOfSomethingElse(String text) {
        assertThatThrownBy(() -> TopicId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a topic id; one is a version 4 UUID that ends in 0000");
    }

    @Test
    void refusesBytesOfAnotherLength() {
        assertThatThrownBy(() -> TopicId.of(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a topic id has 15 bytes; must be 16");
    }
}
