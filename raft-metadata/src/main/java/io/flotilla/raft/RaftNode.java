package io.flotilla.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** All Raft groups of one process, behind one internal listener. */
public interface RaftNode extends AutoCloseable {
    int nodeId();

    /**
     * Opens this node's member of a group: the one on disk if there is one, else a new one. Fails with {@link
     * UntrustedLogException} if what is on disk is less than this node once counted as stored, or damaged.
     *
     * @param name what people call the group, for logs
     * @param preference the members that may lead, the preferred first; the members of a brand-new group
     * @param joins a new member waits to be taken in by a group that exists, and does not vote before
     */
    CompletableFuture<RaftGroup> open(
            GroupId id, String name, List<Peer> preference, boolean joins, GroupStateMachine machine);

    /** Whether this node has files of the group. */
    boolean exists(GroupId id);

    Optional<RaftGroup> group(GroupId id);

    /** Stops the member, keeping its files. */
    CompletableFuture<Void> stop(GroupId id);

    /** Stops the member and deletes its files. */
    CompletableFuture<Void> delete(GroupId id);

    /** Term of the entry at {@code index} in the Raft log of a stopped member; empty if it is not there. */
    OptionalLong termOf(GroupId id, long index) throws IOException;

    /**
     * Makes the Raft log of a stopped member, which need not have one, begin behind {@code at}, whose effects and those of
     * all before it are kept elsewhere by now. What it held is dropped; term and vote stay. Durable on return.
     */
    void beginBehind(GroupId id, TermIndex at) throws IOException;

    /** Moves the files of a stopped member out of the way, for a person to look at. */
    void setAside(GroupId id, Path to) throws IOException;

    PeerCalls calls();

    /** Which other nodes answer. */
    PeerMonitor peers();

    @Override
    void close();
}
