package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupId;
import io.flotilla.raft.Peer;
import java.util.Collection;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;

/** Our names for nodes and groups, and Ratis'. */
final class RatisPeers {
    private RatisPeers() {}

    static RaftPeerId peerId(int nodeId) {
        return RaftPeerId.valueOf(Integer.toString(nodeId));
    }

    static int nodeId(RaftPeerId id) {
        return Integer.parseInt(id.toString());
    }

    static RaftGroupId groupId(GroupId id) {
        return RaftGroupId.valueOf(id.uuid());
    }

    static RaftGroup group(GroupId id, Collection<Peer> voters) {
        return RaftGroup.valueOf(groupId(id), raftPeers(voters, RaftPeerRole.FOLLOWER));
    }

    /** All with the same priority: unequal ones slow elections down. */
    static List<RaftPeer> raftPeers(Collection<Peer> peers, RaftPeerRole role) {
        return peers.stream()
                .map(p -> RaftPeer.newBuilder()
                        .setId(peerId(p.nodeId()))
                        .setAddress(p.address())
                        .setStartupRole(role)
                        .build())
                .toList();
    }

    static List<Peer> peers(RaftConfiguration conf, RaftPeerRole role) {
        return conf.getAllPeers(role).stream()
                .map(p -> Peer.parse(p.getId() + "@" + p.getAddress()))
                .toList();
    }
}
