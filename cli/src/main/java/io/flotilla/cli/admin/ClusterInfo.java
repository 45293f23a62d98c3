package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Broker;
import io.flotilla.v1.ClusterMetadata;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla cluster info}. */
@Command(name = "info", description = "Show the cluster and its brokers")
final class ClusterInfo implements Runnable {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    ClusterInfo(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            Admin admin = connection.admin();
            ClusterMetadata cluster =
                    Requests.ask("ask for the cluster", admin.cluster()).getCluster();
            List<Broker> brokers = Requests.ask("list brokers", admin.brokers());
            Value.Fields info = Value.Fields.with("clusterId", cluster.getClusterId())
                    .and("controllerId", cluster.getControllerId())
                    .and(
                            "brokers",
                            new Value.Items(
                                    brokers.stream().<Value>map(ProtoValue::of).toList()))
                    .build();
            session.show(Answer.of("Cluster", List.of(info), card()));
        }
    }

    private Card card() {
        return new Card(
                        Column.of("CLUSTER", "clusterId"),
                        Column.of("METADATA-LEADER", item -> Cells.broker(item, "controllerId")))
                .withParts("brokers", BrokerRows.table(session.clock()));
    }
}
