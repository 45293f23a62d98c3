package io.flotilla.raft.ratis;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.ratis.server.RaftServer;

/**
 * An election begun now. Ratis itself does this on behalf of a leader that hands over; doing it when our own failure
 * detector has missed the leader is what lets election timeouts be long. Always safe: at worst it moves leadership.
 */
final class Campaign {
    private static final MethodHandle CHANGE_TO_CANDIDATE = changeToCandidate();

    private Campaign() {}

    /** Does nothing unless the member is a follower. */
    static void begin(RaftServer.Division division) {
        synchronized (division) { // the lock under which Ratis changes roles
            if (division.getInfo().isFollower() && division.getInfo().isAlive()) {
                try {
                    CHANGE_TO_CANDIDATE.invoke(division, true);
                } catch (RuntimeException | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new IllegalStateException("the method throws no checked exception", e);
                }
            }
        }
    }

    /** Fails when the class is initialized, at the start of a node, if Ratis does not have the method. */
    static void verify() {
        if (CHANGE_TO_CANDIDATE.type().parameterCount() != 2) {
            throw new IllegalStateException("changeToCandidate of Ratis has an unexpected shape");
        }
    }

    private static MethodHandle changeToCandidate() {
        try {
            Class<?> division = Class.forName("org.apache.ratis.server.impl.RaftServerImpl");
            return MethodHandles.privateLookupIn(division, MethodHandles.lookup())
                    .findVirtual(division, "changeToCandidate", MethodType.methodType(void.class, boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this build needs Ratis 3.3.0, which has changeToCandidate(boolean)", e);
        }
    }
}
