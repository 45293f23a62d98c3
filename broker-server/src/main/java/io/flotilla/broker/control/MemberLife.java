package io.flotilla.broker.control;

import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.log.CorruptLogException;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings this node's member of one Raft group into service, whatever state its files are in.
 *
 * <pre>
 *   NEW ------ opens empty --&gt; MEMBER
 *   MEMBER --- opens ---------------------------------------------------------&gt; in service
 *      | files are gone or cannot be trusted                                       ^
 *      v                                                                           |
 *   LEAVING -- taken out of the group, files set aside --&gt; JOINING -- copies, opens, taken in again
 *
 *   MEMBER --- the leader has forgotten what it lacks --&gt; CATCHING_UP -- stopped, copies, opens --&gt; in service
 * </pre>
 *
 * While it is out of the group nobody counts on votes or entries that it has forgotten. A step that cannot be taken yet,
 * because no leader can be reached, is tried again until it can.
 *
 * <p>The steps of one member run one after another on the pool.
 */
final class MemberLife {
    private static final Logger log = LoggerFactory.getLogger(MemberLife.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final GroupId id;
    private final String name;
    private final Peer self;
    private final Membership membership;
    private final Executor pool;
    private final Loop loop;
    private final Member member;

    /** What is done to the member; every call may block for as long as files take. */
    interface Member {
        /** Whether its files are there. */
        boolean hasFiles();

        /** Opens it; {@code joins} if it is to wait until it is taken into the group. If that fails, nothing is left open. */
        CompletableFuture<Void> open(boolean joins);

        /** Whether it was opened; it stays open when it fails. */
        boolean isOpen();

        /** Why it has left service since it was opened, if it has. Who found that shows it and decides what comes next. */
        Optional<Throwable> failure();

        /** Takes it out of service if it is open. */
        void fail(Throwable cause);

        /** Whether the leader cannot send what it lacks; then it gets nothing until it has copied that. */
        boolean isBehind();

        /** Stops it, if it is open, keeping its files. */
        CompletableFuture<Void> stop();

        /**
         * While it is stopped: copies what is committed from the leader's log.
         *
         * @param begun whether that had begun when the process ended
         */
        CompletableFuture<Void> copy(boolean begun);

        /** Writes down where it stands. */
        void record(MemberPhase phase) throws IOException;

        /** Moves its files out of the way. */
        void setFilesAside() throws IOException;

        /** All who are, or were, in the group. */
        List<Peer> peers();

        /** Whether it is to have a vote. */
        boolean votes();

        void show(ReplicaState state);

        /** Whether it is still wanted on this node. */
        boolean isWanted();
    }

    MemberLife(GroupId id, String name, Peer self, Membership membership, Executor pool, Loop loop, Member member) {
        this.id = id;
        this.name = name;
        this.self = self;
        this.membership = membership;
        this.pool = pool;
        this.loop = loop;
        this.member = member;
    }

    /** Completes when the member is in service, or has failed and shows it. */
    CompletableFuture<Void> begin(MemberPhase phase) {
        return CompletableFuture.completedFuture(phase)
                .thenComposeAsync(this::resume, pool)
                .exceptionally(error -> {
                    fail(cause(error));
                    return null;
                });
    }

    /** The leader cannot send what the member, which is open, lacks. */
    CompletableFuture<Void> catchUp() {
        show(ReplicaState.rebuilding("the leader's Raft log begins behind what is here"));
        return member.stop().thenCompose(stopped -> copyAndOpen(false));
    }

    /** The member has left service, or could not be opened, for a reason that is gone. */
    CompletableFuture<Void> reopen() {
        return member.stop()
                .thenComposeAsync(stopped -> openMember(), pool)
                .thenRun(this::inService)
                .exceptionallyComposeAsync(this::quarantineOrFail, pool);
    }

    /** Also without having caught up, if there is no leader just now: its vote may be needed to elect one. */
    private CompletableFuture<Void> copyAndOpen(boolean begun) {
        return copy(begun)
                .thenRunAsync(() -> record(MemberPhase.MEMBER), pool)
                .thenCompose(recorded -> openMember())
                .thenRun(this::inService)
                .exceptionallyComposeAsync(this::quarantineOrFail, pool);
    }

    /** As far as that can be done now. */
    private CompletableFuture<Void> copy(boolean begun) {
        return member.copy(begun).exceptionally(error -> {
            log.warn("the leader's log could not be copied group={} why={}", name, String.valueOf(cause(error)));
            return null;
        });
    }

    /** What has failed shows that, whatever was to be shown in the same moment. */
    private void show(ReplicaState state) {
        member.show(state);
        member.failure().ifPresent(cause -> member.show(ReplicaState.failed(String.valueOf(cause.getMessage()))));
    }

    private CompletableFuture<Void> resume(MemberPhase phase) {
        String lost = "its files were lost or could not be trusted";
        return switch (phase) {
            case NEW -> {
                record(MemberPhase.NEW);
                yield member.open(false)
                        .thenRunAsync(() -> record(MemberPhase.MEMBER), pool)
                        .thenRun(this::inService)
                        .exceptionallyComposeAsync(this::quarantineOrFail, pool);
            }
            case MEMBER ->
                openMember().thenRun(this::inService).exceptionallyComposeAsync(this::quarantineOrFail, pool);
            case CATCHING_UP -> copyAndOpen(true);
            case LEAVING -> {
                record(MemberPhase.LEAVING);
                yield leave(lost);
            }
            case JOINING -> {
                record(MemberPhase.JOINING);
                yield enter(lost);
            }
        };
    }

    private CompletableFuture<Void> openMember() {
        return member.hasFiles()
                ? member.open(false)
                : CompletableFuture.failedFuture(new UntrustedLogException("files of %s are missing".formatted(name)));
    }

    private void inService() {
        show(ReplicaState.SERVING);
    }

    private CompletableFuture<Void> quarantineOrFail(Throwable error) {
        Throwable cause = cause(error);
        if (isDamage(cause)) {
            return quarantine(cause);
        }
        fail(cause);
        return CompletableFuture.completedFuture(null);
    }

    /** What is open leaves its group too: there it could lead, while nobody is sent to a member that has failed. */
    private void fail(Throwable cause) {
        log.error("member cannot be brought into service group={}", name, cause);
        member.show(ReplicaState.failed(String.valueOf(cause.getMessage())));
        member.fail(cause);
    }

    private CompletableFuture<Void> quarantine(Throwable damage) {
        log.error("member is quarantined, its files cannot be trusted group={}", name, damage);
        record(MemberPhase.LEAVING);
        return leave(String.valueOf(damage.getMessage()));
    }

    private static boolean isDamage(Throwable cause) {
        return cause instanceof CorruptLogException || cause instanceof UntrustedLogException;
    }

    private static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private CompletableFuture<Void> leave(String why) {
        member.show(ReplicaState.quarantined(why));
        return membership
                .leave(id, self, member.peers())
                .thenComposeAsync(
                        left -> {
                            setFilesAside();
                            record(MemberPhase.JOINING);
                            return enter(why);
                        },
                        pool)
                .exceptionallyCompose(error -> {
                    member.show(ReplicaState.quarantined("%s; it cannot be taken out of its group yet: %s"
                            .formatted(why, cause(error).getMessage())));
                    return later(() -> leave(why));
                });
    }

    private CompletableFuture<Void> enter(String why) {
        if (member.failure().isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        show(ReplicaState.rebuilding(why));
        CompletableFuture<Void> open = member.isOpen() && !member.isBehind()
                ? CompletableFuture.completedFuture(null)
                : member.stop().thenCompose(stopped -> copy(false)).thenComposeAsync(copied -> member.open(true), pool);
        return open.thenCompose(opened -> {
                    show(ReplicaState.rebuilding(why));
                    return membership.enter(id, self, member.peers(), member.votes());
                })
                .thenRunAsync(
                        () -> {
                            record(MemberPhase.MEMBER);
                            inService();
                            log.info("member is in its group again group={}", name);
                        },
                        pool)
                .exceptionallyComposeAsync(error -> enterAgain(why, cause(error)), pool);
    }

    /** Files that were damaged while it was made anew, by a power loss perhaps, are set aside too. */
    private CompletableFuture<Void> enterAgain(String why, Throwable cause) {
        if (isDamage(cause)) {
            return quarantine(cause);
        }
        log.warn("member is not in its group yet, trying again group={} why={}", name, cause.getMessage());
        return later(() -> enter(why));
    }

    private CompletableFuture<Void> later(Supplier<CompletableFuture<Void>> step) {
        if (!member.isWanted()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> pause = new CompletableFuture<>();
        loop.after(RETRY, () -> pause.complete(null));
        return pause.thenComposeAsync(waited -> step.get(), pool);
    }

    private void record(MemberPhase phase) {
        try {
            member.record(phase);
        } catch (IOException e) {
            throw new UncheckedIOException("phase %s of %s cannot be written".formatted(phase, name), e);
        }
    }

    private void setFilesAside() {
        try {
            member.setFilesAside();
        } catch (IOException e) {
            throw new UncheckedIOException("files of %s cannot be set aside".formatted(name), e);
        }
    }
}
