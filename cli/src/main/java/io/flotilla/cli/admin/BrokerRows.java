package io.flotilla.cli.admin;

import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import java.time.InstantSource;

/** Brokers in tables. */
final class BrokerRows {
    private BrokerRows() {}

    static Table table(InstantSource clock) {
        return new Table(
                Column.of("ID", "endpoint.brokerId"),
                Column.of("ADDRESS", item -> address(item, "endpoint")),
                Cells.state("STATE", "state"),
                Column.of("LEADERS", "leaderCount"),
                Column.of("REPLICAS", "replicaCount"),
                Column.of("METADATA", BrokerRows::metadata),
                Column.of("VERSION", "version"),
                Cells.age("startTime", clock),
                Column.of("RACK", "endpoint.rack").wide(),
                Column.of("RAFT", item -> address(item, "raft")).wide(),
                Column.of("HTTP-PORT", "httpPort").wide());
    }

    private static String address(Value.Fields broker, String field) {
        return broker.text(field + ".host") + ":" + broker.text(field + ".port");
    }

    private static String metadata(Value.Fields broker) {
        if (broker.text("metadataLeader").equals("true")) {
            return "leader";
        }
        return broker.text("metadataVoter").equals("true") ? "voter" : "listener";
    }
}
