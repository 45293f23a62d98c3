package io.flotilla.raft.ratis;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * The last entry of a Raft log, read past the lock of the log. Ratis' own accessor waits for that lock, which is held for
 * as long as the disk hangs when a full queue of writes stands before it: just when somebody needs to look.
 */
final class LogEnd {
    private static final MethodHandle LAST = last();

    private LogEnd() {}

    /** An empty log ends with the last entry whose effects are kept; null if there is none either. */
    static @Nullable TermIndex of(RaftServer.Division division) {
        try {
            TermIndex last = (TermIndex) LAST.invoke(division.getRaftLog());
            SnapshotInfo kept = division.getStateMachine().getLatestSnapshot();
            return last == null && kept != null ? kept.getTermIndex() : last;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the methods throw no checked exception", e);
        }
    }

    /** Fails when the class is initialized, at the start of a node, if Ratis does not have the methods. */
    static void verify() {
        if (LAST.type().parameterCount() != 1) {
            throw new IllegalStateException("getRaftLogCache of Ratis has an unexpected shape");
        }
    }

    private static MethodHandle last() {
        try {
            Class<?> log = Class.forName("org.apache.ratis.server.raftlog.segmented.SegmentedRaftLog");
            Class<?> cache = Class.forName("org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogCache");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(log, MethodHandles.lookup());
            MethodHandle cacheOf = lookup.findVirtual(log, "getRaftLogCache", MethodType.methodType(cache));
            MethodHandle lastOf = lookup.findVirtual(cache, "getLastTermIndex", MethodType.methodType(TermIndex.class));
            return MethodHandles.filterReturnValue(cacheOf, lastOf)
                    .asType(MethodType.methodType(TermIndex.class, RaftLog.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this build needs Ratis 3.3.0, whose log has a cache that knows its end", e);
        }
    }
}
