package io.flotilla.raft;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;

/**
 * What consensus measures, summed over all groups of the process. The meters live in Micrometer's global registry,
 * because the library underneath has one place for its measurements per process; a broker adds its own registry there.
 */
public final class RaftMetrics {
    /** Forcing headers of entries to disk. */
    public static final Timer LOG_FORCE = timer("flotilla.raft.log.force", "Forcing entries of a Raft log to disk");

    /** Flushing payloads and then headers. */
    public static final Timer LOG_FLUSH =
            timer("flotilla.raft.log.flush", "Forcing payloads, then the Raft log, to disk");

    /** From an entry's append to its being on disk here. */
    public static final Timer LOG_APPEND =
            timer("flotilla.raft.log.append", "From the append of an entry until it is on this disk");

    /** A follower's answer to the leader. */
    public static final Timer FOLLOWER_APPEND =
            timer("flotilla.raft.follower.append", "Answering a leader's entries, as a follower");

    /** Elections this node stood in. */
    public static final Timer ELECTION = timer("flotilla.raft.election", "Elections this node stood in");

    public static final Counter ELECTIONS = counter("flotilla.raft.elections", "Elections this node stood in");

    public static final Counter ELECTION_TIMEOUTS =
            counter("flotilla.raft.election.timeouts", "Times a follower missed its leader for the whole timeout");

    public static final Counter ENTRIES = counter("flotilla.raft.log.entries", "Entries written to Raft logs");

    public static final Counter APPEND_RETRIES =
            counter("flotilla.raft.append.retries", "Requests to followers that were sent again");

    public static final Counter CAMPAIGNS =
            counter("flotilla.raft.campaigns", "Elections begun because a leader's node was gone");

    public static final Counter FAILED_MEMBERS =
            counter("flotilla.raft.members.failed", "Members that left service because of a failure");

    public static final Counter DIRECTORY_FORCES = counter(
            "flotilla.raft.directory.forces", "Directories forced to disk after a file was made, renamed or deleted");

    private RaftMetrics() {}

    private static Timer timer(String name, String description) {
        return Timer.builder(name).description(description).register(Metrics.globalRegistry);
    }

    private static Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(Metrics.globalRegistry);
    }
}
