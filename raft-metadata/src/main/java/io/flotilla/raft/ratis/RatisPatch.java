package io.flotilla.raft.ratis;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;
import static net.bytebuddy.matcher.ElementMatchers.takesNoArguments;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;

/** One class of Ratis 3.3.0 and what is changed in it, each for a reason that is given. */
enum RatisPatch {
    /**
     * Renames, deletions, new directories and cut files survive a power loss. Ratis forces the contents of its vote
     * file and then renames it without forcing the directory: after a power cut the old vote is back, and a member may
     * vote twice in one term.
     */
    FILE_CHANGES_SURVIVE(
            "org.apache.ratis.util.FileUtils",
            "b2e5b5ff8702c680d80227465d4c51049c4492ee0d7253fb7fdeaf17f304f012",
            "org.apache.ratis.util.Preconditions") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(FileAdvice.AfterMove.class)
                            .on(named("move").and(takesArgument(0, Path.class))))
                    .visit(Advice.to(FileAdvice.AfterCut.class).on(named("truncateFile")))
                    .visit(Advice.to(FileAdvice.AfterDelete.class)
                            .on(named("deleteFile").and(takesArguments(File.class))))
                    .visit(Advice.to(FileAdvice.AfterNewDirectory.class)
                            .on(named("createDirectories").and(takesArguments(Path.class))));
        }
    },

    /**
     * Nothing is deserialized by Java's own mechanism. Ratis does so with the errors that a peer sends, whoever answers
     * at the peer's address.
     */
    NO_JAVA_DESERIALIZATION(
            "org.apache.ratis.util.IOUtils",
            "40e68dc231567f02ff545279d07354180e96217704f78e4738a31d41e730ebe6",
            "org.apache.ratis.util.Preconditions") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(DeserializationAdvice.class).on(named("readObject")));
        }
    },

    /** A new log file's name survives a power loss, and with it the acknowledged entries in the file. */
    NEW_LOG_FILES_SURVIVE(
            "org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel",
            "d98b1f3910ab3d73f694e0a05c0c006d8721f053f357b48a7d09af0b173b9501",
            "org.apache.ratis.server.raftlog.segmented.LogSegmentStartEnd") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(FileAdvice.AfterOpen.class).on(named("open")));
        }
    },

    /**
     * A signal that comes between a thread's look at the state and its wait is not lost. Ratis lives with that by
     * polling; with our long timeouts an entry could otherwise wait seconds before it is sent or applied.
     */
    SIGNALS_ARE_KEPT(
            "org.apache.ratis.util.AwaitForSignal",
            "e8d353dfb28dafd0d1151aaf0a0aff208e0c30eea8236f0051fe080526a1c062",
            "org.apache.ratis.util.Preconditions") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.defineField(SignalAdvice.FIELD, boolean.class, Visibility.PRIVATE)
                    .visit(Advice.to(SignalAdvice.OnSignal.class).on(named("signal")))
                    .visit(Advice.to(SignalAdvice.OnAwait.class)
                            .on(named("await").and(takesNoArguments())))
                    .visit(Advice.to(SignalAdvice.OnTimedAwait.class)
                            .on(named("await").and(takesArguments(long.class, TimeUnit.class))));
        }
    },

    /** With signals kept, the thread that applies a group's entries need not look for them ten times a second. */
    NO_IDLE_POLLING(
            "org.apache.ratis.server.impl.StateMachineUpdater",
            "0953a1d07d6a1e18a248702f886c7054e50f28be81c7c2946673a2cbd729f2f2",
            "org.apache.ratis.server.impl.ServerProtoUtils") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(new AsmVisitorWrapper.ForDeclaredMethods()
                    .method(
                            named("waitForCommit"),
                            (instrumented, method, visitor, context, types, writerFlags, readerFlags) ->
                                    new MethodVisitor(OpenedClassReader.ASM_API, visitor) {
                                        @Override
                                        public void visitLdcInsn(Object value) {
                                            super.visitLdcInsn(value.equals(100L) ? (Object) 5_000L : value);
                                        }
                                    }));
        }
    },

    /**
     * A listener that was taken in goes into service. Ratis notes only of voters that they have caught up; a listener
     * would receive the log, but answer nothing, until the next leader.
     */
    LISTENERS_CATCH_UP(
            "org.apache.ratis.server.impl.LeaderStateImpl",
            "469c7b0751e4a3f234cfe676c9c354dd8ca5c7e0dbd1752cc497a839d50b9148",
            "org.apache.ratis.server.impl.ServerProtoUtils") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            try {
                return type.visit(MemberSubstitution.strict()
                        .method(named("containsInConf"))
                        .replaceWith(ConfiguredRole.class.getMethod(
                                "isMember", RaftConfiguration.class, RaftPeerId.class, RaftPeerRole[].class))
                        .on(nameStartsWith("lambda$checkStaging$")));
            } catch (NoSuchMethodException e) {
                throw new AssertionError("ConfiguredRole.isMember has gone", e);
            }
        }
    },

    /**
     * The vote of a member with an empty log counts, as in Raft. Ratis takes such a member for one that lost its disk;
     * here a member that lost anything does not vote until it has been taken in anew. Without this, a new group whose
     * first leader dies before one member has heard of it never elects another.
     */
    EMPTY_LOGS_VOTE(
            "org.apache.ratis.server.impl.LeaderElection",
            "d1ebddab55b5aa5473ab5af37c0279bfcadaa27607c51aed3be4b609d09ccc7d",
            "org.apache.ratis.server.impl.ServerProtoUtils") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(EmptyLogAdvice.class).on(named("nonEmptyLog")));
        }
    },

    /**
     * Only voters stand for election. A listener that was taken in, which Ratis takes for a follower, would otherwise miss
     * its leader, find that it is no voter, and close.
     */
    ONLY_VOTERS_STAND(
            "org.apache.ratis.server.impl.FollowerState",
            "72fd2ca7796bfe9df79b851c64cfae32c88bb48b4934cf8f2b6553ee9642da93",
            "org.apache.ratis.server.impl.ServerProtoUtils") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(CandidacyAdvice.class).on(named("roleChangeChecking")));
        }
    },

    /**
     * A member whose leader calls while it starts, starts. The call makes it a follower; when it then makes itself one, as
     * all do, Ratis gives the member up.
     */
    LEADERS_MAY_CALL_EARLY(
            "org.apache.ratis.server.impl.RoleInfo",
            "0a6b816432bc3b87e215e7546619a3c81e2b0366402d2094049cf37930de84c7",
            "org.apache.ratis.server.impl.ServerProtoUtils") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            return type.visit(Advice.to(FollowerStartAdvice.class).on(named("startFollowerState")));
        }
    },

    /**
     * The write buffer of a Raft log, direct memory of every group, need not hold the largest entry: payloads do not
     * pass through it.
     */
    SMALL_WRITE_BUFFERS(
            "org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogWorker",
            "6924644446761f69121c0f427c0ada33ce39185a37e3c76c6739257154bc71f2",
            "org.apache.ratis.server.raftlog.segmented.LogSegmentStartEnd") {
        @Override
        DynamicType.Builder<?> into(DynamicType.Builder<?> type) {
            try {
                return type.visit(MemberSubstitution.strict()
                        .method(named("bufferByteLimit"))
                        .replaceWith(HeaderLimit.class.getMethod("of", RaftProperties.class))
                        .on(isConstructor()));
            } catch (NoSuchMethodException e) {
                throw new AssertionError("HeaderLimit.of has gone", e);
            }
        }
    };

    private final String type;
    private final String sha256;
    private final String neighbour;

    RatisPatch(String type, String sha256, String neighbour) {
        this.type = type;
        this.sha256 = sha256;
        this.neighbour = neighbour;
    }

    abstract DynamicType.Builder<?> into(DynamicType.Builder<?> type);

    /** Name of the class. */
    String type() {
        return type;
    }

    /** Digest of the class file the patch was written for. */
    String sha256() {
        return sha256;
    }

    /** A class of the same package, which may be loaded before. */
    String neighbour() {
        return neighbour;
    }
}
