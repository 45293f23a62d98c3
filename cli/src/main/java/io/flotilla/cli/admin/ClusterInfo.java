package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Broker;
import io.flotilla.v1.ClusterMetadata;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla cluster info}. */
@Command(
        name = "info",
        description = "Show the cluster and its brokers",
        footer = {"", "Example:", "  flotilla cluster info -o yaml"})
final class ClusterInfo implements Runnable {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    ClusterInfo(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            Admin admin = connection.admin();
            watch.show(session, () -> {
                ClusterMetadata cluster =
                        Requests.ask("ask for the cluster", admin.cluster()).getCluster();
                return answer(cluster, Requests.ask("list brokers", admin.brokers()), session.clock());
            });
        }
    }

    static Answer answer(ClusterMetadata cluster, List<Broker> brokers, InstantSource clock) {
        Value.Fields info = Value.Fields.with("clusterId", cluster.getClusterId())
                .and("controllerId", cluster.getControllerId())
                .and(
                        "brokers",
                        new Value.Items(
                                brokers.stream().<Value>map(ProtoValue::of).toList()))
                .build();
        return Answer.of("Cluster", List.of(info), card(clock));
    }

    private static Card card(InstantSource clock) {
        return new Card(
                        Column.of("CLUSTER", "clusterId"),
                        Column.of("METADATA-LEADER", item -> Cells.broker(item, "controllerId")))
                .withParts("brokers", BrokerRows.table(clock));
    }
}
