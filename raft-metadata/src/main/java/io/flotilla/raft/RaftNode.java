package io.flotilla.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    /** Moves the files of a stopped member out of the way, for a person to look at. */
    void setAside(GroupId id, Path to) throws IOException;

    PeerCalls calls();

    /** Which other nodes answer. */
    PeerMonitor peers();

    @Override
    void close();
}
