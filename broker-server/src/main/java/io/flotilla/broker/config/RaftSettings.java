package io.flotilla.broker.config;

import io.flotilla.text.ValueFormat;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How brokers agree and notice each other's failures.
 *
 * @param electionTimeoutMin a replica that hears nothing from its leader for a random time between this and the maximum
 *     stands for election. Long on purpose: broken brokers are noticed by pings, much sooner
 * @param electionTimeoutMax the longest such time
 * @param pingInterval time between two pings to the same broker
 * @param peerSilence a broker that has answered no ping for so long is taken for dead; a closed connection counts at once
 * @param keptEntries so many entries a replica may be behind and still get them one by one; one that is further behind copies
 *     the leader's log, which is faster. Each takes about 330 bytes of heap
 * @param tuning settings of Apache Ratis by their own names, for experiments, such as {@code
 *     raft.tuning.raft.server.write.element-limit}. Those that would break a promise refuse the start
 */
public record RaftSettings(
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        Duration pingInterval,
        Duration peerSilence,
        int keptEntries,
        Map<String, String> tuning) {
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

    // last, for its making needs the others
    public static final RaftSettings DEFAULT = new RaftSettings(
            Duration.ofSeconds(8),
            Duration.ofSeconds(16),
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            10_000,
            Map.of());

    public RaftSettings {
        tuning = Collections.unmodifiableMap(new TreeMap<>(tuning));
        Rule.range("electionTimeoutMin", electionTimeoutMin, Duration.ofMillis(100), MAX_TIMEOUT);
        Rule.range("electionTimeoutMax", electionTimeoutMax, Duration.ofMillis(101), MAX_TIMEOUT);
        Rule.range("pingInterval", pingInterval, Duration.ofMillis(10), Duration.ofSeconds(10));
        Rule.range("keptEntries", keptEntries, 10, 1_000_000);
        Rule.range("peerSilence", peerSilence, Duration.ofMillis(20), MAX_TIMEOUT);
        Rule.require(
                electionTimeoutMin.compareTo(electionTimeoutMax) < 0,
                "electionTimeoutMax",
                electionTimeoutMax,
                "must be more than {electionTimeoutMin}, " + ValueFormat.DURATION.write(electionTimeoutMin));
        Rule.require(
                peerSilence.compareTo(pingInterval.multipliedBy(2)) >= 0,
                "peerSilence",
                peerSilence,
                "must be at least twice {pingInterval}, " + ValueFormat.DURATION.write(pingInterval));
    }
}
