package io.flotilla.broker.config;

import io.flotilla.client.Endpoint;
import io.flotilla.raft.Peer;
import java.nio.file.Path;
import java.util.List;

/**
 * Who a broker is, where it keeps its data and how it finds its cluster. With neither {@code initialVoters} nor {@code
 * join}, a broker with an empty directory starts a cluster of one.
 *
 * @param id tells this broker from the others of its cluster. It belongs to the data directory and never changes
 * @param dataDir holds everything this broker keeps; made if there is none
 * @param rack what fails together, such as a rack or a zone: replicas of a partition are spread over racks. Empty for
 *     none
 * @param initialVoters the brokers, this one among them, that start a new cluster together, each with the address of its
 *     Raft listener. All of them must be given the same list. Without effect once the broker belongs to a cluster
 * @param join brokers of the cluster to join, by the address for clients; one that answers is enough. Without effect
 *     once the broker belongs to a cluster
 */
public record NodeConfig(int id, Path dataDir, String rack, List<Peer> initialVoters, List<Endpoint> join) {
    public static final NodeConfig DEFAULT = new NodeConfig(1, Path.of("data"), "", List.of(), List.of());

    private static final int MAX_RACK = 255;

    public NodeConfig {
        initialVoters = List.copyOf(initialVoters);
        join = List.copyOf(join);
        Rule.range("id", id, 1, Integer.MAX_VALUE);
        Rule.require(!dataDir.toString().isEmpty(), "dataDir", dataDir, "must name a directory");
        Rule.require(rack.length() <= MAX_RACK, "rack", rack, "must have at most %d characters".formatted(MAX_RACK));
        if (!initialVoters.isEmpty()) {
            checkVoters(id, initialVoters);
            Rule.require(
                    join.isEmpty(),
                    "join",
                    join,
                    "must not be set together with {initialVoters}: a broker either starts a cluster or joins one");
        }
    }

    private static void checkVoters(int id, List<Peer> voters) {
        List<Integer> ids = voters.stream().map(Peer::nodeId).distinct().toList();
        Rule.require(ids.size() == voters.size(), "initialVoters", voters, "must name each broker once");
        Rule.require(ids.contains(id), "initialVoters", voters, "must name this broker, {id}=%d, too".formatted(id));
        Rule.require(
                voters.size() % 2 == 1 && voters.size() <= 5,
                "initialVoters",
                voters,
                "must name 1, 3 or 5 brokers: a majority of an even number survives no more");
    }
}
