package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.io.Fault;
import io.micrometer.core.instrument.Meter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LogMetricsTest {
    private final LogFixture fixture;

    LogMetricsTest() throws Exception {
        fixture = new LogFixture(10_000);
    }

    @Test
    void hasOneSetOfMetersForAllLogs() throws Exception {
        fixture.store.open(LogFixture.DIRECTORY.resolveSibling("other"), LogFixture.CONFIG);

        assertThat(fixture.meters.getMeters())
                .extracting(Meter::getId)
                .extracting(Meter.Id::getName)
                .containsExactlyInAnyOrder(
                        "flotilla.log.appended",
                        "flotilla.log.appended.batches",
                        "flotilla.log.compactions",
                        "flotilla.log.compaction.records",
                        "flotilla.log.compaction.freed",
                        "flotilla.log.failures",
                        "flotilla.log.flush",
                        "flotilla.log.flushed",
                        "flotilla.log.recovery.cut",
                        "flotilla.log.tail.cache.hits",
                        "flotilla.log.tail.cache.misses",
                        "flotilla.log.tail.cache.size",
                        "flotilla.log.truncations");
        assertThat(fixture.meters.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
    }

    @Test
    void countsWhatIsAppendedAndFlushed() throws Exception {
        fixture.append();
        fixture.append();
        fixture.log.flush();
        fixture.append();

        assertThat(counter("flotilla.log.appended.batches")).isEqualTo(3);
        assertThat(counter("flotilla.log.appended")).isEqualTo(3 * LogFixture.FRAME_BYTES);
        assertThat(counter("flotilla.log.flushed")).isEqualTo(2 * LogFixture.FRAME_BYTES);
        assertThat(fixture.meters.get("flotilla.log.flush").timer().count()).isEqualTo(1);
        assertThat(fixture.meters.get("flotilla.log.tail.cache.size").gauge().value())
                .isEqualTo(3 * LogFixture.FRAME_BYTES);
    }

    @Test
    void countsTruncationsAndWhatARecoveryCutsOff() throws Exception {
        fixture.appendAndFlush(2);
        fixture.log.truncateFrom(1);
        fixture.log.close();
        fixture.disk.damage(
                LogFixture.file("00000000000000000000.log"), content -> Arrays.copyOf(content, content.length + 33));

        fixture.store.open(LogFixture.DIRECTORY, LogFixture.CONFIG);

        assertThat(counter("flotilla.log.truncations")).isEqualTo(1);
        assertThat(counter("flotilla.log.recovery.cut")).isEqualTo(33);
    }

    @Test
    void countsALogThatFailsOnce() throws Exception {
        fixture.append();
        fixture.disk.follow(call -> Fault.NO_SPACE);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(fixture.log::flush).isInstanceOf(LogFailedException.class);
        }

        assertThat(counter("flotilla.log.failures")).isEqualTo(1);
    }

    private double counter(String name) {
        return fixture.meters.get(name).counter().count();
    }
}
