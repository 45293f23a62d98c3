package io.flotilla.raft.ratis;

import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/**
 * The part of a member by what the group has agreed. Ratis takes a listener that was taken in for a follower until it is
 * restarted. Called from code woven into Ratis, hence public.
 */
public final class ConfiguredRole {
    private ConfiguredRole() {}

    /** Whether it is a member, with a vote or without; of a call that asks for voters only, if no role is named. */
    public static boolean isMember(RaftConfiguration conf, RaftPeerId id, RaftPeerRole... unnamed) {
        return conf.getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null;
    }

    /** Whether this node's member may stand for election. */
    public static boolean hasVote(RaftServer.Division member) {
        return member.getRaftConf().getPeer(member.getId(), RaftPeerRole.FOLLOWER) != null;
    }
}
