package io.flotilla.raft.ratis;

import io.flotilla.raft.RaftMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * Ratis' own measurements, summed over all groups of the process. Ratis offers about a hundred per group, far too many
 * to export for each of hundreds of groups; the few that tell something become {@link RaftMetrics}, the rest cost
 * nothing. Found by Ratis as a service, hence public.
 */
public final class RatisMeters extends MetricRegistries {
    private static final Timekeeper.Context NOT_TIMED = () -> 0;
    private static final Timekeeper NO_TIMER = () -> NOT_TIMED;

    private static final Map<String, Timer> TIMERS = Map.of(
            "log_worker.syncTime", RaftMetrics.LOG_FORCE,
            "log_worker.flushTime", RaftMetrics.LOG_FLUSH,
            "log_worker.appendEntryLatency", RaftMetrics.LOG_APPEND,
            "server.follower_append_entry_latency", RaftMetrics.FOLLOWER_APPEND,
            "leader_election.electionTime", RaftMetrics.ELECTION);
    private static final Map<String, Counter> COUNTERS = Map.of(
            "leader_election.electionCount", RaftMetrics.ELECTIONS,
            "leader_election.timeoutCount", RaftMetrics.ELECTION_TIMEOUTS,
            "log_worker.appendEntryCount", RaftMetrics.ENTRIES,
            "log_appender.num_retries", RaftMetrics.APPEND_RETRIES);

    private final ConcurrentMap<MetricRegistryInfo, RatisMetricRegistry> registries = new ConcurrentHashMap<>();

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return registries.computeIfAbsent(info, Summed::new);
    }

    @Override
    public boolean remove(MetricRegistryInfo info) {
        return registries.remove(info) != null;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.ofNullable(registries.get(info));
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(registries.keySet());
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return Set.copyOf(registries.values());
    }

    @Override
    public void clear() {
        registries.clear();
    }

    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stopReporter) {
        // there is one way out, Micrometer
    }

    @Override
    public void enableJmxReporter() {
        // there is one way out, Micrometer
    }

    @Override
    public void enableConsoleReporter(TimeDuration rate) {
        // there is one way out, Micrometer
    }

    /** The measurements of one component of one group. */
    private static final class Summed implements RatisMetricRegistry {
        private final MetricRegistryInfo info;
        private final Map<String, Timekeeper> timers = new HashMap<>();

        Summed(MetricRegistryInfo info) {
            this.info = info;
            String component = info.getMetricsComponentName() + ".";
            TIMERS.forEach((name, timer) -> {
                if (name.startsWith(component)) {
                    timers.put(name.substring(component.length()), () -> running(timer));
                }
            });
        }

        private static Timekeeper.Context running(Timer timer) {
            long start = System.nanoTime();
            return () -> {
                long nanos = System.nanoTime() - start;
                timer.record(nanos, TimeUnit.NANOSECONDS);
                return nanos;
            };
        }

        @Override
        public Timekeeper timer(String name) {
            return timers.getOrDefault(name, NO_TIMER); // called per request: a lookup and no more
        }

        @Override
        public LongCounter counter(String name) {
            return new Counted(COUNTERS.get(info.getMetricsComponentName() + "." + name));
        }

        @Override
        public boolean remove(String name) {
            return true;
        }

        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> gaugeSupplier) {
            // positions are asked for where they are needed
        }

        @Override
        public MetricRegistryInfo getMetricRegistryInfo() {
            return info;
        }
    }

    private static final class Counted implements LongCounter {
        private final AtomicLong count = new AtomicLong();
        private final @Nullable Counter summed;

        Counted(@Nullable Counter summed) {
            this.summed = summed;
        }

        @Override
        public void inc(long n) {
            count.addAndGet(n);
            if (summed != null) {
                summed.increment((double) n);
            }
        }

        @Override
        public void dec(long n) {
            count.addAndGet(-n);
        }

        @Override
        public long getCount() {
            return count.get();
        }
    }
}
