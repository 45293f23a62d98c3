package io.flotilla.metadata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {
    private static final int LEVEL = 1;

    @Test
    void setsSomeUnsetsSomeAndLeavesTheRest() {
        Configs old =
                new Configs(Map.of("segment.bytes", "2000000", "segment.ms", "60000", "max.message.bytes", "5000"));
        ConfigChange change = new ConfigChange(new Configs(Map.of("segment.bytes", "3000000")), Set.of("segment.ms"));

        Configs now = change.applyTo(old);

        assertThat(now).isEqualTo(new Configs(Map.of("segment.bytes", "3000000", "max.message.bytes", "5000")));
    }

    @Test
    void mayUnsetWhatIsNotSet() {
        ConfigChange change = ConfigChange.unset("segment.ms");

        assertThat(change.problem(LEVEL)).isEmpty();
        assertThat(change.applyTo(Configs.NONE)).isEqualTo(Configs.NONE);
    }

    @Test
    void isRefusedForAKeyThatIsBothSetAndUnset() {
        ConfigChange change = new ConfigChange(new Configs(Map.of("segment.ms", "60000")), Set.of("segment.ms"));

        assertThat(change.problem(LEVEL)).hasValue("topic setting segment.ms is both set and unset; do one of them");
    }

    @Test
    void isRefusedForAnUnknownKeyInEitherPart() {
        assertThat(ConfigChange.set(Map.of("segment.mss", "60000")).problem(LEVEL))
                .hasValue("topic setting segment.mss is unknown; did you mean segment.ms?");
        assertThat(ConfigChange.unset("segment.mss").problem(LEVEL))
                .hasValue("topic setting segment.mss is unknown; did you mean segment.ms?");
    }

    @Test
    void isRefusedForAValueThatIsNotAllowed() {
        assertThat(ConfigChange.set(Map.of("segment.ms", "1 day")).problem(LEVEL))
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("topic setting segment.ms is '1 day';"));
    }

    @Test
    void doesNotFollowTheMapItWasMadeFrom() {
        Map<String, String> entries = new HashMap<>(Map.of("segment.ms", "60000"));
        Configs configs = new Configs(entries);

        entries.put("segment.ms", "1");

        assertThat(configs.find("segment.ms")).hasValue("60000");
        assertThatThrownBy(() -> configs.entries().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
