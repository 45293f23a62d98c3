package io.flotilla.cli.group;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.text.Durations;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.ResetGroupResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Groups as answers. */
final class GroupRows {
    private static final Column NAME = Column.of("NAME", "name");
    private static final Column STATE = Column.of("STATE", GroupRows::state);
    private static final Column PAUSED_UNTIL = Column.of("PAUSED-UNTIL", item -> {
        String ms = item.text("pausedUntilMs");
        return ms.isEmpty() ? "" : Instant.ofEpochMilli(Long.parseLong(ms)).toString();
    });
    private static final Column PARTITION = Column.of("PARTITION", item -> place(item, "partition"));
    private static final Column COMMITTED = Column.of("COMMITTED", "committedOffset");
    private static final Column END = Column.of("END", "highWatermark");
    private static final Column LAG = Column.of("LAG", "lagRecords");
    private static final Column LAG_TIME = Column.of("LAG-TIME", item -> {
        String ms = item.text("lagMs");
        return ms.isEmpty() ? "" : Durations.show(Duration.ofMillis(Long.parseLong(ms)));
    });
    private static final Column MEMBER = Column.of("MEMBER", "memberId");

    private static final Table LIST =
            new Table(NAME, STATE, Column.of("COORDINATOR", "coordinatorId"), PAUSED_UNTIL.wide());

    private static final Table PARTITIONS = new Table(PARTITION, COMMITTED, END, LAG, LAG_TIME, MEMBER);

    private static final Table POSITIONS = new Table(
            PARTITION, COMMITTED, Column.of("START", "logStartOffset"), END, Column.of("METADATA", "metadata"));

    private static final Table MEMBERS = new Table(
            Column.of("MEMBER", "memberId"),
            Column.of("INSTANCE", "instanceId").wide(),
            Column.of("CLIENT", "clientId"),
            Column.of("HOST", "clientHost"),
            Column.of("EPOCH", "memberEpoch"),
            Column.of("PARTITIONS", GroupRows::partitions));

    private static final Table MOVES =
            new Table(PARTITION, Column.of("FROM", "fromOffset"), Column.of("TO", "toOffset"));

    private static final Card CARD = new Card(
                    NAME,
                    STATE,
                    PAUSED_UNTIL,
                    Column.of("EPOCH", "epoch"),
                    Column.of("ASSIGNOR", "assignor"),
                    Column.of("COORDINATOR", "coordinatorId"),
                    Column.of(
                            "MEMBERS",
                            item -> Integer.toString(item.objects("members").size())),
                    Column.of("LAG", GroupRows::totalLag))
            .withParts("partitions", PARTITIONS);

    private GroupRows() {}

    static Answer list(List<GroupDescription> groups) {
        return Answer.of("GroupList", groups.stream().map(ProtoValue::of).toList(), LIST);
    }

    static Answer card(GroupDescription group) {
        return Answer.of("Group", List.of(ProtoValue.of(group)), CARD);
    }

    static Answer members(GroupDescription group) {
        return Answer.of("GroupMembers", values(group, "members"), MEMBERS);
    }

    static Answer lag(GroupDescription group) {
        return Answer.of("GroupLag", values(group, "partitions"), PARTITIONS);
    }

    static Answer positions(GroupDescription group) {
        return Answer.of("GroupOffsets", values(group, "partitions"), POSITIONS);
    }

    static Answer moves(String kind, ResetGroupResponse moved) {
        return Answer.of(kind, ProtoValue.of(moved).objects("partitions"), MOVES);
    }

    private static List<Value.Fields> values(GroupDescription group, String part) {
        return ProtoValue.of(group).objects(part);
    }

    private static String partitions(Value.Fields member) {
        Function<Value.Fields, String> name = partition -> partition.text("topic") + "/" + partition.text("partition");
        return String.join(",", member.objects("partitions").stream().map(name).toList());
    }

    private static String place(Value.Fields item, String path) {
        return item.text(path + ".topic") + "/" + item.text(path + ".partition");
    }

    private static String totalLag(Value.Fields group) {
        return Long.toString(group.objects("partitions").stream()
                .mapToLong(partition -> Long.parseLong(partition.text("lagRecords")))
                .sum());
    }

    private static String state(Value.Fields group) {
        String word = group.text("state").replaceFirst("^STATE_", "").toLowerCase(Locale.ROOT);
        return group.text("pausedUntilMs").isEmpty() ? word : word + ", paused";
    }
}
