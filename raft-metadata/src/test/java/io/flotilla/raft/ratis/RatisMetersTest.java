package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.raft.RaftMetrics;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RatisMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RatisMeters meters = new RatisMeters();

    @BeforeEach
    void attach() {
        Metrics.addRegistry(registry);
    }

    @AfterEach
    void detach() {
        Metrics.removeRegistry(registry);
    }

    private RatisMetricRegistry of(String group, String component) {
        return meters.create(new MetricRegistryInfo(group, "ratis", component, "test"));
    }

    @Test
    void ratisFindsTheseMeters() {
        assertThat(MetricRegistries.global()).isInstanceOf(RatisMeters.class);
    }

    @Test
    void aCounterIsKeptPerGroupAndSummedOverAll() {
        double before = RaftMetrics.ENTRIES.count();
        LongCounter one = of("g1", "log_worker").counter("appendEntryCount");
        LongCounter other = of("g2", "log_worker").counter("appendEntryCount");

        one.inc(3);
        other.inc();

        assertThat(one.getCount()).isEqualTo(3);
        assertThat(other.getCount()).isEqualTo(1);
        assertThat(RaftMetrics.ENTRIES.count() - before).isEqualTo(4);
    }

    @Test
    void aTimerThatTellsSomethingIsRecordedAndAnyOtherCostsNothing() {
        long before = RaftMetrics.LOG_FORCE.count();

        of("g1", "log_worker").timer("syncTime").time().stop();
        of("g1", "log_worker").timer("queueingDelay").time().stop();
        of("g1", "server").timer("syncTime").time().stop();

        assertThat(RaftMetrics.LOG_FORCE.count() - before).isEqualTo(1);
    }

    @Test
    void theMetersOfAGroupThatIsGoneAreForgotten() {
        MetricRegistryInfo info = new MetricRegistryInfo("g1", "ratis", "server", "test");
        RatisMetricRegistry created = meters.create(info);

        assertThat(meters.create(info)).isSameAs(created);
        assertThat(meters.remove(info)).isTrue();
        assertThat(meters.get(info)).isEmpty();
        assertThat(meters.remove(info)).isFalse();
    }
}
