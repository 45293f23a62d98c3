package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Confirmation;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Positions.Moment;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Position;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TruncateTopicRequest;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic trim}: shows what would go; does it with {@code --execute}, once that was confirmed. */
@Command(
        name = "trim",
        description = "Trim the oldest records off a topic: nobody can read them any more. Shows the plan only, unless"
                + " --execute is given. Space is given back some thousand entries later",
        footer = {
            "",
            "Example:",
            "  flotilla topic trim web --before-time 7d",
            "  flotilla topic trim web --partition 3 --before 118204 --execute"
        })
final class TopicTrim implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @ArgGroup(multiplicity = "1")
    private Before before = new Before();

    @Option(names = "--partition", paramLabel = "N", description = "Only this one. Default: all")
    private @Nullable Integer partition;

    @Option(names = "--execute", description = "Do it, after asking for the topic's name")
    private boolean execute;

    @Option(names = "--yes", description = "Do not ask; needed where there is no terminal")
    private boolean yes;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    /** The first record that stays. */
    static final class Before {
        @Option(
                names = "--before",
                paramLabel = "POSITION",
                description = "First record that stays: an offset, end, or -N for the last N of each partition")
        private @Nullable Position position;

        @Option(
                names = "--before-time",
                paramLabel = "TIME",
                description = "First record that stays is the first at or after 2026-11-22T10:00:00Z, 2026-11-22,"
                        + " milliseconds since 1970, or 7d for a week ago")
        private @Nullable Moment time;

        Position toProto() {
            return position != null
                    ? position
                    : Position.newBuilder()
                            .setTimestampMs(time == null ? 0 : time.millis())
                            .build();
        }
    }

    TopicTrim(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "trim topic " + topic;
        try (FlotillaClient connection = client.connect()) {
            Admin admin = connection.admin();
            Topic found = Requests.ask(what, admin.topic(topic, false)).getTopic();
            TrimPlan plan = new TrimPlan(
                    topic,
                    Requests.ask(
                            what,
                            admin.truncateTopic(
                                    request(found).setValidateOnly(true).build())));
            if (!execute) {
                show(plan.answer("TrimPlan"));
                session.say("plan only, nothing was trimmed; add --execute to do it");
            } else {
                session.say("trims %d records off topic %s, for good".formatted(plan.records(), topic));
                if (!yes) {
                    Confirmation.require(session, what, "topic", topic);
                }
                TrimPlan done = new TrimPlan(
                        topic,
                        Requests.change(what, admin.truncateTopic(request(found).build())));
                session.say("trimmed %d records off topic %s".formatted(done.records(), topic));
                show(done.answer("TopicTrim"));
            }
        }
    }

    private TruncateTopicRequest.Builder request(Topic found) {
        TruncateTopicRequest.Builder request =
                TruncateTopicRequest.newBuilder().setTopic(topic).setTopicId(found.getTopicId());
        IntStream partitions =
                partition == null ? IntStream.range(0, found.getPartitionCount()) : IntStream.of(partition);
        partitions.forEach(number -> request.addCuts(
                TruncateTopicRequest.Cut.newBuilder().setPartition(number).setBefore(before.toProto())));
        return request;
    }

    private void show(Answer answer) {
        session.show(answer);
        if (!answer.errors().isEmpty()) {
            throw CommandFailure.reported(
                    TrimPlan.problem(topic, answer.errors().size()));
        }
    }
}
