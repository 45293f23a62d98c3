package io.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaftConfigTest {
    private final RaftConfig defaults = RaftConfig.in(Path.of("unused"));

    @Test
    void eachVariationChangesOneSetting() {
        RaftConfig varied = defaults.tuned(Map.of("raft.a", "b")).flushingWithin(Duration.ofSeconds(3));

        assertThat(varied.tuning()).containsExactly(Map.entry("raft.a", "b"));
        assertThat(varied.flushTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(varied.peerSilence()).isEqualTo(defaults.peerSilence());
        assertThat(varied.maxEntryBytes()).isEqualTo(defaults.maxEntryBytes());
    }

    @Test
    void aPatienceTooShortForAnyDiskIsRefused() {
        assertThatThrownBy(() -> defaults.flushingWithin(Duration.ofMillis(999)))
                .hasMessageContaining("raft.flush-timeout is PT0.999S");
    }

    @Test
    void timeoutsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> with(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(200), 1 << 20))
                .hasMessageContaining("raft.election-timeout-min is PT2S");
        assertThatThrownBy(() -> with(Duration.ZERO, Duration.ofSeconds(2), Duration.ofMillis(200), 1 << 20))
                .hasMessageContaining("min must be positive");
        assertThatThrownBy(() -> with(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMillis(1001), 1 << 20))
                .hasMessageContaining("raft.peer-silence is PT2S");
        assertThatThrownBy(() -> with(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMillis(200), 1024))
                .hasMessageContaining("raft.max-entry-bytes is 1024");
    }

    private RaftConfig with(Duration electionMin, Duration electionMax, Duration ping, int maxEntryBytes) {
        return new RaftConfig(
                defaults.directory(),
                defaults.listenHost(),
                electionMin,
                electionMax,
                defaults.firstElectionTimeoutMin(),
                defaults.firstElectionTimeoutMax(),
                ping,
                Duration.ofSeconds(2),
                defaults.flushTimeout(),
                defaults.keptEntries(),
                maxEntryBytes,
                Map.of());
    }
}
