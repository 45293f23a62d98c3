package io.flotilla.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How this node takes part in Raft groups.
 *
 * @param directory holds one directory per group, named by its id
 * @param listenHost address the internal listener binds to
 * @param electionTimeoutMin a follower that misses its leader for a random time between this and the maximum stands for
 *     election. Long on purpose: dead nodes are noticed by {@code peerSilence}, which costs one ping per node and not
 *     one per group
 * @param electionTimeoutMax see above
 * @param firstElectionTimeoutMin the same for a member that has just started and may never have had a leader
 * @param firstElectionTimeoutMax see above
 * @param pingInterval between two pings to the same node
 * @param peerSilence a node that has answered no ping for so long is taken for dead; a closed connection counts at once
 * @param flushTimeout entries that wait for the disk so long, while nothing gets there, mean that the disk hangs: the
 *     member leaves service. 1 s or more
 * @param keptEntries so many entries a member may be behind and still get them one by one; the Raft log forgets what is older
 *     and kept otherwise. 10 or more
 * @param maxEntryBytes largest entry, header and payload; 64 KiB to 16 MiB
 * @param tuning settings of the library underneath by their own names, for experiments; those that break a promise are
 *     refused at start
 */
public record RaftConfig(
        Path directory,
        String listenHost,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        Duration firstElectionTimeoutMin,
        Duration firstElectionTimeoutMax,
        Duration pingInterval,
        Duration peerSilence,
        Duration flushTimeout,
        int keptEntries,
        int maxEntryBytes,
        Map<String, String> tuning) {
    public RaftConfig {
        tuning = Map.copyOf(tuning);
        ordered("raft.election-timeout", electionTimeoutMin, electionTimeoutMax);
        ordered("raft.first-election-timeout", firstElectionTimeoutMin, firstElectionTimeoutMax);
        if (maxEntryBytes < 64 << 10 || maxEntryBytes > 16 << 20) {
            throw new IllegalArgumentException(
                    "raft.max-entry-bytes is %d; must be 64 KiB to 16 MiB".formatted(maxEntryBytes));
        }
        if (keptEntries < 10) {
            throw new IllegalArgumentException("raft.kept-entries is %d; must be 10 or more".formatted(keptEntries));
        }
        if (flushTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("raft.flush-timeout is %s; must be 1 s or more".formatted(flushTimeout));
        }
        if (peerSilence.compareTo(pingInterval.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("raft.peer-silence is %s; must be at least twice raft.ping-interval, %s"
                    .formatted(peerSilence, pingInterval));
        }
    }

    /** The defaults, for a node that keeps its groups in {@code directory}. */
    public static RaftConfig in(Path directory) {
        return new RaftConfig(
                directory,
                "127.0.0.1",
                Duration.ofSeconds(8),
                Duration.ofSeconds(16),
                Duration.ofSeconds(4),
                Duration.ofSeconds(8),
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                10_000,
                (4 << 20) + (64 << 10),
                Map.of());
    }

    /** The same, with another patience for a disk that does not answer. */
    public RaftConfig flushingWithin(Duration timeout) {
        return with(timeout, tuning);
    }

    /** The same, with settings of the library underneath. */
    public RaftConfig tuned(Map<String, String> settings) {
        return with(flushTimeout, settings);
    }

    private RaftConfig with(Duration timeout, Map<String, String> settings) {
        return new RaftConfig(
                directory,
                listenHost,
                electionTimeoutMin,
                electionTimeoutMax,
                firstElectionTimeoutMin,
                firstElectionTimeoutMax,
                pingInterval,
                peerSilence,
                timeout,
                keptEntries,
                maxEntryBytes,
                settings);
    }

    private static void ordered(String key, Duration min, Duration max) {
        if (min.isNegative() || min.isZero() || max.compareTo(min) <= 0) {
            throw new IllegalArgumentException(
                    "%s-min is %s and -max is %s; min must be positive and less than max".formatted(key, min, max));
        }
    }
}
