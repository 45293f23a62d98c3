package io.flotilla.raft.ratis;

import io.flotilla.raft.RaftConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** {@link RaftConfig} as settings of Ratis, each with its reason, and a guard over those that would break a promise. */
final class RatisProperties {
    /** Headers of entries with payload are tens of bytes; this leaves room for a long run of them per flush. */
    static final int HEADERS_BUFFER_BYTES = 64 << 10;
    /** Groups without payloads put whole commands into the Raft log. */
    static final int COMMANDS_BUFFER_BYTES = 4 << 20;

    private static final Map<String, String> REQUIRED = Map.of(
            RaftServerConfigKeys.Log.UNSAFE_FLUSH_ENABLED_KEY, "false",
            RaftServerConfigKeys.Log.ASYNC_FLUSH_ENABLED_KEY, "false",
            RaftServerConfigKeys.Log.StateMachineData.SYNC_KEY, "true",
            RaftServerConfigKeys.Log.APPEND_ENTRIES_COMPOSE_ENABLED_KEY, "false",
            RaftServerConfigKeys.Log.CORRUPTION_POLICY_KEY, "EXCEPTION",
            RaftServerConfigKeys.Read.LEADER_LEASE_ENABLED_KEY, "false",
            RaftServerConfigKeys.LeaderElection.PRE_VOTE_KEY, "true");

    private RatisProperties() {}

    static RaftProperties of(RaftConfig config, int port) {
        RaftProperties p = new RaftProperties();
        REQUIRED.forEach(p::set);
        log(p, config);
        threads(p);
        timing(p, config);
        network(p, config, port);
        config.tuning().forEach((key, value) -> {
            if (!key.startsWith("raft.")) {
                throw new IllegalArgumentException(
                        "raft.tuning has '%s'; settings of Ratis start with 'raft.'".formatted(key));
            }
            p.set(key, value);
        });
        refuseUnsafe(p);
        return p;
    }

    /** Throws if a setting would acknowledge what is not on disk, elect by a wrong clock, or wedge a follower. */
    static void refuseUnsafe(RaftProperties p) {
        REQUIRED.forEach((key, required) -> {
            String actual = p.get(key, required);
            if (!required.equalsIgnoreCase(actual)) {
                throw new IllegalArgumentException(
                        "%s is %s; it must be %s, or acknowledged records can be lost. Remove it from raft.tuning"
                                .formatted(key, actual, required));
            }
        });
    }

    private static void log(RaftProperties p, RaftConfig config) {
        RaftServerConfigKeys.setStorageFreeSpaceMin(p, SizeInBytes.valueOf(0)); // the broker watches free space itself
        // every retained entry costs about 330 bytes of heap, and metadata entries double them under light load
        RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
        // payloads stay with us: the Raft log's cache and files hold headers only
        RaftServerConfigKeys.Log.StateMachineData.setCachingEnabled(p, true);
        // a disk that does not answer must surface, not hang the group for good
        RaftServerConfigKeys.Log.StateMachineData.setSyncTimeout(p, seconds(10));
        RaftServerConfigKeys.Log.StateMachineData.setSyncTimeoutRetry(p, 5);
        // the unit of purging: some hundred headers, while the payloads of each may take megabytes elsewhere
        SizeInBytes file = SizeInBytes.valueOf(Math.max(4 << 10, Math.min(64 << 10, config.keptEntries() * 64L)));
        RaftServerConfigKeys.Log.setSegmentSizeMax(p, file);
        RaftServerConfigKeys.Log.setPreallocatedSize(p, file); // by writing zeros first
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 1);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("8MB"));
        // so many headers fit into the write buffer: when it runs over, they reach the file before their payloads are
        // flushed, and a power loss may leave them alone
        RaftServerConfigKeys.Log.setForceSyncNum(p, 256);
        RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf(HEADERS_BUFFER_BYTES));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(config.maxEntryBytes()));
        // what is kept in another way need not stay: a member that is far behind copies it, which is faster than to
        // send it entry by entry. How much stays all the same is decided with each snapshot
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, config.keptEntries() + config.keptEntries() / 2);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
        RaftServerConfigKeys.Log.setPurgeGap(p, 1);
        // a member below the log gets a notification, never a copy of files made under Ratis' lock
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(p, false);
        RaftServerConfigKeys.Write.setElementLimit(p, 1024);
        RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf("32MB"));
        RaftServerConfigKeys.Watch.setElementLimit(p, 4096);
        RaftServerConfigKeys.Watch.setTimeout(p, seconds(300)); // whoever waits has a shorter patience
        // repeated requests are recognized by our own state, which is part of the log; this cache would cost per entry
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.ZERO);
        RaftServerConfigKeys.Read.ReadAfterWriteConsistent.setWriteIndexCacheExpiryTime(p, TimeDuration.ZERO);
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    }

    private static void threads(RaftProperties p) {
        RaftServerConfigKeys.ThreadPool.setProxyCached(p, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(p, 4);
        // "cached" with a size is one thread per group that dies when idle; unlimited would be one per request
        RaftServerConfigKeys.ThreadPool.setServerCached(p, true);
        RaftServerConfigKeys.ThreadPool.setServerSize(p, 1);
        RaftServerConfigKeys.ThreadPool.setClientCached(p, true);
        RaftServerConfigKeys.ThreadPool.setClientSize(p, 1);
    }

    private static void timing(RaftProperties p, RaftConfig config) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, millis(config.electionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, millis(config.electionTimeoutMax()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, millis(config.firstElectionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, millis(config.firstElectionTimeoutMax()));
        RaftServerConfigKeys.Rpc.setRequestTimeout(p, seconds(3));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(p, seconds(30));
        RaftServerConfigKeys.Notification.setNoLeaderTimeout(p, seconds(10));
        RaftServerConfigKeys.setStagingTimeout(p, seconds(60));
        // a long pause of the whole process moves leadership, but never closes the node
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, seconds(10));
        RaftServerConfigKeys.setSleepDeviationThreshold(p, seconds(5));
        RaftServerConfigKeys.setCloseThreshold(p, TimeDuration.valueOf(24, TimeUnit.HOURS));
    }

    private static void network(RaftProperties p, RaftConfig config, int port) {
        GrpcConfigKeys.Server.setHost(p, config.listenHost());
        GrpcConfigKeys.Server.setPort(p, port);
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(p, 8);
        GrpcConfigKeys.setFlowControlWindow(p, SizeInBytes.valueOf("8MB"));
        GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf(2L * config.maxEntryBytes() + (2 << 20)));
    }

    static void keepIn(RaftProperties p, RaftConfig config) {
        RaftServerConfigKeys.setStorageDir(p, List.of(config.directory().toFile()));
    }

    private static TimeDuration seconds(int n) {
        return TimeDuration.valueOf(n, TimeUnit.SECONDS);
    }

    private static TimeDuration millis(Duration d) {
        return TimeDuration.valueOf(d.toMillis(), TimeUnit.MILLISECONDS);
    }
}
