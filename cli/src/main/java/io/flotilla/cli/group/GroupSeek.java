package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Confirmation;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import io.flotilla.v1.ResetGroupRequest;
import io.flotilla.v1.ResetGroupRequest.Target;
import io.flotilla.v1.ResetGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla group seek}: shows where positions would be; moves them with {@code --execute}. */
@Command(
        name = "seek",
        description =
                "Move the positions of a group that has no members. Shows the plan only, unless --execute is given",
        footer = {
            "",
            "Example:",
            "  flotilla group seek billing --topic orders --to 1h",
            "  flotilla group seek billing --to start --execute",
            "  flotilla group seek billing --topic orders --partition 2 --shift -100 --execute --yes"
        })
final class GroupSeek implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only this one. Default: all the group has read")
    private @Nullable String topic;

    @Option(names = "--partition", paramLabel = "N", description = "Only this one of the topic. Default: all")
    private @Nullable Integer partition;

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    @Option(names = "--execute", description = "Do it, after asking for the group's name")
    private boolean execute;

    @Option(names = "--yes", description = "Do not ask; needed where there is no terminal")
    private boolean yes;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    /** Where to. */
    static final class Where {
        @Option(
                names = "--to",
                paramLabel = "POSITION",
                description = "start, end, an offset, -N for the last N of each partition, @TIME, or a duration such as"
                        + " 1h for that long ago")
        private @Nullable Position to;

        @Option(names = "--shift", paramLabel = "N", description = "N records on, or back if it is negative")
        private long shift;
    }

    GroupSeek(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "move positions of group " + group;
        try (FlotillaClient connection = client.connect()) {
            Admin admin = connection.admin();
            ResetGroupRequest.Builder request = ResetGroupRequest.newBuilder().setName(group);
            request.addAllTargets(targets(what, admin));
            ResetGroupResponse plan = Requests.ask(
                    what, admin.resetGroup(request.setValidateOnly(true).build()));
            if (!execute) {
                session.show(GroupRows.moves("GroupSeekPlan", plan));
                session.say("plan only, nothing was moved; add --execute to do it");
                return;
            }
            session.say("moves the positions of group %s in %d partitions".formatted(group, plan.getPartitionsCount()));
            if (!yes) {
                Confirmation.require(session, what, "group", group);
            }
            ResetGroupResponse done = Requests.change(
                    what, admin.resetGroup(request.setValidateOnly(false).build()));
            session.show(GroupRows.moves("GroupSeek", done));
        }
    }

    private List<Target> targets(String what, Admin admin) {
        if (topic != null) {
            Target.Builder target = target(topic);
            if (partition != null) {
                target.setPartition(partition);
            }
            return List.of(target.build());
        }
        List<Target> targets = new ArrayList<>();
        for (PartitionOffset position : Requests.ask(what, admin.positions(group))) {
            if (partition == null || partition == position.getPartition()) {
                targets.add(target(position.getTopic())
                        .setPartition(position.getPartition())
                        .build());
            }
        }
        if (targets.isEmpty()) {
            throw new CommandFailure(new Problem(
                    ExitCode.NOT_FOUND,
                    "cannot " + what,
                    "the group has no positions",
                    "name the topic with --topic, or check the name with 'flotilla group list'",
                    "NOT_FOUND"));
        }
        return targets;
    }

    private Target.Builder target(String name) {
        Target.Builder target = Target.newBuilder().setTopic(name).setShift(where.shift);
        if (where.to != null) {
            target.setTo(where.to);
        }
        return target;
    }
}
