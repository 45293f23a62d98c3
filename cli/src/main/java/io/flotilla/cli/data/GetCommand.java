package io.flotilla.cli.data;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Place;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Position;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla get}: one record with all that is known about it. */
@Command(
        name = "get",
        description = "Show one record with its batch",
        footer = {"", "Example:", "  flotilla get web/3@118204 -o json"})
public final class GetCommand implements Runnable {
    private static final Card CARD = new Card(
                    Column.of(
                            "RECORD",
                            item -> "%s/%s@%s"
                                    .formatted(item.text("topic"), item.text("partition"), item.text("offset"))),
                    Column.of("TIMESTAMP", "timestamp"),
                    Column.of("KEY", bytes("key")),
                    Column.of("VALUE", bytes("value")),
                    Column.of("BATCH", "batch"))
            .withParts("headers", new Table(Column.of("HEADER", "key"), Column.of("VALUE", bytes("value"))));

    private final Session session;

    @Parameters(paramLabel = "TOPIC/PARTITION@OFFSET", description = "Such as orders/3@118204")
    private Place place = new Place(new TopicPartition("", 0), 0);

    @Mixin
    private final ClientOptions client = new ClientOptions();

    GetCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "get " + place;
        try (FlotillaClient connection = client.connect()) {
            checkRange(connection.admin(), place, what);
            session.show(Answer.of("Record", List.of(read(connection, place, what)), CARD));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void checkRange(Admin admin, Place wanted, String what) {
        long start = Requests.ask(what, admin.offset(wanted.partition(), anchor(Position.Anchor.ANCHOR_START)));
        long end = Requests.ask(what, admin.offset(wanted.partition(), anchor(Position.Anchor.ANCHOR_END)));
        if (wanted.offset() < start || wanted.offset() >= end) {
            throw notFound(what, "%s holds the offsets from %d to before %d".formatted(wanted.partition(), start, end));
        }
    }

    private Value.Fields read(FlotillaClient connection, Place wanted, String what) throws InterruptedException {
        Position next = Position.newBuilder().setOffset(wanted.offset() + 1).build();
        ReadRange range =
                ReadRange.fromOffset(wanted.partition(), wanted.offset()).until(next);
        try (PartitionReader reader = connection.reader(List.of(range), ReaderConfig.DEFAULT)) {
            ReadBatch batch = reader.poll(client.timeout());
            if (batch == null && !reader.isFinished()) {
                throw notFound(what, "the broker sent nothing in time");
            }
            if (batch == null || batch.records().isEmpty()) {
                throw notFound(what, "compaction has removed it: a later record has its key, or it was a deletion");
            }
            return value(batch);
        } catch (FlotillaException e) {
            throw new CommandFailure(Problem.ofQuestion("cannot " + what, e), e);
        }
    }

    private static Value.Fields value(ReadBatch batch) {
        Value.Builder fields = new Value.Builder();
        RecordValue.of(batch.partition(), batch.records().get(0)).values().forEach(fields::and);
        return fields.and("batch", BatchValue.of(batch.frame())).build();
    }

    private static CommandFailure notFound(String what, String why) {
        return new CommandFailure(new Problem(
                ExitCode.NOT_FOUND,
                "cannot " + what,
                why,
                "see which offsets there are: flotilla topic describe TOPIC",
                "OFFSET_OUT_OF_RANGE"));
    }

    private static Position anchor(Position.Anchor anchor) {
        return Position.newBuilder().setAnchor(anchor).build();
    }

    private static Function<Value.Fields, String> bytes(String name) {
        return item ->
                item.values().containsKey(name + "Base64") ? "base64:" + item.text(name + "Base64") : item.text(name);
    }
}
