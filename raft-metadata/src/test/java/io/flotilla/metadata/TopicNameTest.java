package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "orders", "Orders-2.eu_west", "...", "-", "__groups", "0"})
    void allowsWhatKafkaAllows(String name) {
        assertThat(TopicName.problem(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "..\\a", "café", "a\n", "a\u0000", "٣", "a:b", "a*"})
    void refusesOtherCharactersAndNamesTheAllowedOnes(String name) {
        assertThat(TopicName.problem(name))
                .hasValue("topic name is '%s'; use letters, digits, '.', '_' and '-' of ASCII, at least one"
                        .formatted(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void refusesTheNamesOfDirectories(String name) {
        assertThat(TopicName.problem(name))
                .hasValue("topic name is '%s'; the names . and .. are not allowed".formatted(name));
    }

    @Test
    void allows249CharactersAndNoMore() {
        assertThat(TopicName.problem("a".repeat(249))).isEmpty();
        assertThat(TopicName.problem("a".repeat(250)))
                .hasValue("topic name has 250 characters; at most 249 are allowed, it begins aaaaaaaaaaaaaaaaaaaa");
    }

    @Test
    void knowsTheClustersOwnTopicsByTwoUnderscores() {
        assertThat(TopicName.isInternal("__groups")).isTrue();
        assertThat(TopicName.isInternal("_groups")).isFalse();
        assertThat(TopicName.isInternal("orders__")).isFalse();
    }
}
