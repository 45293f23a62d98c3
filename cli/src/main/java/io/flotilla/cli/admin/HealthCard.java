package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Value;
import io.flotilla.v1.GetClusterHealthResponse;
import java.util.List;

/** The health of a cluster as an answer. */
final class HealthCard {
    private static final Card CARD = new Card(
            Column.of("STATUS", item -> item.text("healthy").equals("true") ? "healthy" : "unhealthy"),
            Column.of("BROKERS", item -> item.text("onlineBrokerCount") + " of " + item.text("brokerCount") + " up"),
            Column.of("PARTITIONS", "partitionCount"),
            Column.of("REASONS", HealthCard::reasons),
            Column.of(
                    "NEXT",
                    item -> lines(
                            item.list("nextSteps").stream().map(Value::asText).toList())));

    private static final String NEXT_LINE = "\n            ";

    private HealthCard() {}

    static Answer answer(GetClusterHealthResponse health) {
        return Answer.of("ClusterHealth", List.of(ProtoValue.of(health)), CARD);
    }

    private static String reasons(Value.Fields health) {
        return lines(health.objects("reasons").stream().map(HealthCard::reason).toList());
    }

    private static String reason(Value.Fields reason) {
        String items = reason.text("items");
        return reason.text("summary") + (items.isEmpty() ? "" : " (" + items + ")");
    }

    private static String lines(List<String> lines) {
        return String.join(NEXT_LINE, lines);
    }
}
