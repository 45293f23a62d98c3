package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.cli.text.Positions.Moment;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.ListOffsetsResponse.Result;
import io.flotilla.v1.Position;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic offsets}. */
@Command(
        name = "offsets",
        description = "Show where the partitions of a topic start and end, and where a point in time is",
        footer = {"", "Example:", "  flotilla topic offsets web --at 2026-11-22T10:00:00Z"})
final class TopicOffsets implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Also the first record at or after 2026-11-22T10:00:00Z, 2026-11-22, milliseconds since 1970,"
                    + " or 1h for an hour ago")
    private @Nullable Moment at;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    private boolean complete;

    TopicOffsets(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(session, () -> {
                Answer answer = ask(connection);
                complete = answer.errors().isEmpty();
                return answer;
            });
            return (complete ? ExitCode.OK : ExitCode.FAILED).code();
        }
    }

    private Answer ask(FlotillaClient connection) {
        String what = "look up offsets of topic " + topic;
        Admin admin = connection.admin();
        int count = Requests.ask(what, admin.topic(topic, false)).getTopic().getPartitionCount();
        List<TopicPartition> partitions = IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        CompletableFuture<List<Result>> starts = admin.offsets(partitions, anchor(Position.Anchor.ANCHOR_START));
        CompletableFuture<List<Result>> ends = admin.offsets(partitions, anchor(Position.Anchor.ANCHOR_END));
        CompletableFuture<List<Result>> moments = at == null
                ? CompletableFuture.completedFuture(List.of())
                : admin.offsets(
                        partitions,
                        Position.newBuilder().setTimestampMs(at.millis()).build());
        return OffsetRows.answer(Requests.ask(what, starts), Requests.ask(what, ends), Requests.ask(what, moments));
    }

    private static Position anchor(Position.Anchor anchor) {
        return Position.newBuilder().setAnchor(anchor).build();
    }
}
