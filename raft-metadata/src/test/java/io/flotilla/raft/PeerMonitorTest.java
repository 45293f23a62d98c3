package io.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerMonitorTest {
    private static final Duration SILENCE = RaftConfig.in(Path.of("unused")).peerSilence();

    private final PeerNetwork network = new PeerNetwork();
    private final ManualClock clock = new ManualClock();
    private final List<Integer> changes = new ArrayList<>();
    private PeerMonitor monitor;

    @BeforeEach
    void watchTwo() {
        monitor = monitor(1, changes);
        monitor(2, new ArrayList<>());
        monitor.watch(List.of(PeerNetwork.peer(2), PeerNetwork.peer(3)));
    }

    private PeerMonitor monitor(int id, List<Integer> told) {
        return new PeerMonitor(network.node(id), RaftConfig.in(Path.of("unused")), clock, told::add);
    }

    private void pingFor(Duration time) {
        for (int i = 0; i < 4; i++) {
            clock.pass(time.dividedBy(4));
            monitor.ping();
        }
    }

    @Test
    void ofANodeNotYetHeardOfNothingIsSaid() {
        assertThat(monitor.alive(2)).isFalse();
        assertThat(monitor.down(2)).isFalse();
        assertThat(monitor.alive(9)).isFalse();
        assertThat(monitor.down(9)).isFalse();
    }

    @Test
    void aNodeThatAnswersIsUpAndOneThatRefusesIsDownAtOnce() {
        monitor.ping();

        assertThat(monitor.alive(2)).isTrue();
        assertThat(monitor.down(3)).isTrue();
        assertThat(changes).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void aSilentNodeGetsItsGraceAndNoMore() {
        monitor.ping();
        network.cut(1, 2);
        monitor.ping();

        pingFor(SILENCE);
        assertThat(monitor.alive(2)).isTrue();

        clock.pass(Duration.ofNanos(1));
        monitor.ping();
        assertThat(monitor.down(2)).isTrue();
    }

    @Test
    void aNodeThatIsSilentFromTheBeginningGetsTheSameGrace() {
        network.cut(1, 2);
        monitor.ping();
        assertThat(monitor.down(2)).isFalse();

        pingFor(SILENCE.plusNanos(4));

        assertThat(monitor.down(2)).isTrue();
    }

    @Test
    void aPauseOfThisProcessIsNotTakenForTheSilenceOfOthers() {
        monitor.ping();
        network.cut(1, 2);
        monitor.ping();

        clock.pass(Duration.ofMinutes(1));
        monitor.ping();
        assertThat(monitor.alive(2)).isTrue();

        pingFor(SILENCE.plusNanos(4));
        assertThat(monitor.down(2)).isTrue();
    }

    @Test
    void whileAPingIsUnderWayNoOtherIsSent() {
        network.cut(1, 2);
        network.cut(1, 3);
        monitor.ping();
        int before = network.calls();

        monitor.ping();
        monitor.ping();

        assertThat(network.calls()).isEqualTo(before);
    }

    @Test
    void aNodeThatComesBackIsUpAtItsFirstAnswer() {
        monitor.ping();
        monitor(3, new ArrayList<>());

        monitor.ping();

        assertThat(monitor.alive(3)).isTrue();
        assertThat(monitor.down(3)).isFalse();
    }

    @Test
    void onlyChangesAreTold() {
        for (int i = 0; i < 10; i++) {
            monitor.ping();
        }
        network.kill(2);
        for (int i = 0; i < 10; i++) {
            monitor.ping();
        }

        assertThat(changes).containsExactlyInAnyOrder(2, 3, 2);
    }

    @Test
    void aCallThatFailsForAnotherReasonIsOnlySilence() {
        monitor.ping();
        network.node(2); // without a handler for pings: it runs, but does not answer them

        monitor.ping();
        assertThat(monitor.alive(2)).isTrue();

        pingFor(SILENCE.plusNanos(4));
        assertThat(monitor.down(2)).isTrue();
    }

    @Test
    void aNodeThatMovedIsLookedForAtItsNewAddress() {
        monitor.ping();
        monitor.watch(List.of(new Peer(3, "elsewhere", 1)));
        monitor(3, new ArrayList<>());

        monitor.ping();

        assertThat(monitor.alive(3)).isTrue();
    }
}
