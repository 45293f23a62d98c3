package io.flotilla.raft.ratis;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LogAppender;

/**
 * Heartbeats sent now. With long election timeouts the next one may be seconds away, and with it the news of a commit:
 * Ratis sends none of its own accord when an entry is committed.
 */
final class Heartbeats {
    private static final Class<?> DIVISION = type("RaftServerImpl");
    private static final MethodHandle ROLE = find(DIVISION, "getRole", type("RoleInfo"));
    private static final MethodHandle LEADER_STATE = find(type("RoleInfo"), "getLeaderState", Optional.class);
    private static final MethodHandle APPENDERS = find(type("LeaderStateImpl"), "getLogAppenders", Stream.class);

    private Heartbeats() {}

    /** To every other member that has not said that it knows of all commits; to nobody unless the member leads. */
    static void toThoseBehind(RaftServer.Division division) {
        long committed = division.getRaftLog().getLastCommittedIndex();
        appenders(division)
                .filter(appender -> appender.getFollower().getCommitIndex() < committed)
                .forEach(LogAppender::triggerHeartbeat);
    }

    /** Fails when the class is initialized, at the start of a node, if Ratis does not have the methods. */
    static void verify() {
        if (ROLE.type().parameterCount() != 1) {
            throw new IllegalStateException("getRole of Ratis has an unexpected shape");
        }
    }

    @SuppressWarnings("unchecked")
    private static Stream<LogAppender> appenders(RaftServer.Division division) {
        try {
            Optional<?> leader = (Optional<?>) LEADER_STATE.invoke(ROLE.invoke(division));
            return leader.isPresent() ? (Stream<LogAppender>) APPENDERS.invoke(leader.get()) : Stream.empty();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the methods throw no checked exception", e);
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName("org.apache.ratis.server.impl." + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this build needs Ratis 3.3.0, which has " + name, e);
        }
    }

    private static MethodHandle find(Class<?> type, String method, Class<?> result) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findVirtual(type, method, MethodType.methodType(result))
                    .asType(MethodType.methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this build needs Ratis 3.3.0, which has " + method, e);
        }
    }
}
