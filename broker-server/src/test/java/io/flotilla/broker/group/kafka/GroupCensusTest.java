package io.flotilla.broker.group.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupCensusTest {
    private final GroupCensus census = new GroupCensus(2);

    @Test
    void letsNewGroupsInUntilThereAreTooMany() {
        assertThat(census.admits("a")).isTrue();
        assertThat(census.admits("b")).isTrue();

        assertThat(census.admits("c")).isFalse();
        assertThat(census.admits("a")).isTrue();
    }

    @Test
    void whatWasLetInShortlyBeforeACountIsKeptUntilTheNext() {
        census.admits("on its way");

        census.counted(Map.of());
        assertThat(census.knows("on its way")).isTrue();

        census.counted(Map.of());
        assertThat(census.knows("on its way")).isFalse();
    }

    @Test
    void groupsThatAreGoneMakeRoom() {
        census.counted(Map.of("a", "Stable", "b", "Empty"));
        assertThat(census.admits("c")).isFalse();

        census.counted(Map.of("a", "Stable"));

        assertThat(census.admits("c")).isTrue();
    }

    @Test
    void namesThoseWithMembersFirstAndCountsStates() {
        census.counted(Map.of("a", "Empty", "b", "Stable", "c", "Stable"));

        assertThat(census.groups()).containsExactly("b", "c", "a");
        assertThat(census.states()).isEqualTo(Map.of("Empty", 1, "Stable", 2));
    }
}
