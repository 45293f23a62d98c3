package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.raft.FreePorts;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that change topics that exist, against {@code flotilla dev}. */
class TopicCommandsIT {
    @TempDir
    static Path logs;

    private static JarProcess dev;
    private static String bootstrap;

    @BeforeAll
    static void startACluster() {
        int port = FreePorts.row(3);
        bootstrap = "127.0.0.1:" + port;
        dev = JarProcess.start(logs, "dev", "dev", "--port", Integer.toString(port));
        Await.until(() -> "ready, but " + dev.err(), () -> dev.out().contains("ready in"));
    }

    @AfterAll
    static void stop() {
        assertThat(dev.terminate()).isZero();
    }

    private static Run flotilla(String... args) {
        return withInput("", args);
    }

    private static Run withInput(String input, String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "-b";
        all[args.length + 1] = bootstrap;
        return Run.withInput(input, all);
    }

    /** A topic whose partition 0 has the records 0 to 9. */
    private static void fill(String topic, int partitions) {
        assertThat(flotilla("topic", "create", topic, "--partitions", Integer.toString(partitions))
                        .exit())
                .isZero();
        assertThat(withInput("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "produce", topic, "--partition", "0")
                        .exit())
                .isZero();
    }

    @Test
    void altersSettingsAsPeopleWriteThem() {
        fill("altered", 1);

        Run plan = flotilla("topic", "alter", "altered", "--set", "max.message.bytes=2KiB", "--plan", "-o", "json");
        Run before = flotilla("topic", "describe", "altered", "-o", "tsv");
        Run set = flotilla("topic", "alter", "altered", "--set", "max.message.bytes=2KiB", "--set", "segment.ms=1h");
        Run unset = flotilla("topic", "alter", "altered", "--unset", "segment.ms", "-o", "json");

        assertThat(plan.out()).contains("\"max.message.bytes\": \"2048\"");
        assertThat(plan.err()).contains("plan only, nothing was changed");
        assertThat(before.out()).doesNotContain("max.message.bytes");
        assertThat(set.out()).contains("max.message.bytes=2048 segment.ms=3600000");
        assertThat(unset.out()).contains("max.message.bytes").doesNotContain("segment.ms");
        Run tooLarge = withInput("x".repeat(3000) + "\n", "produce", "altered");
        assertThat(tooLarge.err()).contains("BATCH_TOO_LARGE");
    }

    @Test
    void namesKeyValueAndWhatIsAllowedWhenASettingIsRefused() {
        fill("strict", 1);

        Run bad = flotilla("topic", "alter", "strict", "--set", "segment.ms=never");
        Run nothing = flotilla("topic", "alter", "strict");

        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.err().lines()).hasSize(3);
        assertThat(bad.err()).contains("INVALID_CONFIG", "segment.ms is 'never'; must be a whole number");
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(flotilla("topic", "alter", "nowhere", "--unset", "segment.ms")
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void addsPartitionsAndWarnsOfWhatThatDoesToKeys() {
        fill("growing", 1);

        Run plan = flotilla("topic", "add-partitions", "growing", "--to", "4", "--plan");
        Run added = flotilla("topic", "add-partitions", "growing", "--to", "4");
        Run fewer = flotilla("topic", "add-partitions", "growing", "--to", "2");

        assertThat(plan.err())
                .contains("warning: with 4 partitions most keys belong to other ones", "nothing was changed");
        assertThat(added.err()).contains("warning: ", "added partitions");
        assertThat(flotilla("partition", "list", "growing", "-o", "name").out().lines())
                .containsExactly("growing/0", "growing/1", "growing/2", "growing/3");
        assertThat(withInput("new\n", "produce", "growing", "--partition", "3").exit())
                .isZero();
        assertThat(fewer.exit()).isEqualTo(1);
        assertThat(fewer.err()).contains("partitions can only be added");
    }

    @Test
    void showsWherePartitionsStartAndEndAndWhereATimeIs() {
        fill("placed", 2);

        Run offsets = flotilla("topic", "offsets", "placed", "--at", "1h", "-o", "tsv");
        Run later = flotilla("topic", "offsets", "placed", "--at", "2100-01-01", "-o", "ndjson");

        assertThat(offsets.out().lines())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("placed/0\t0\t10\t10\t0\t20"),
                        second -> assertThat(second).startsWith("placed/1\t0\t0\t0\t0\t"));
        assertThat(later.out().lines().findFirst())
                .hasValueSatisfying(first -> assertThat(first).contains("\"end\":10", "\"at\":10"));
        assertThat(flotilla("topic", "offsets", "nowhere").exit()).isEqualTo(3);
    }

    @Test
    void trimsOnlyWhenToldToAndConfirmed() {
        fill("trimmed", 1);

        Run plan = flotilla("topic", "trim", "trimmed", "--before", "4", "-o", "ndjson");
        Run asked = flotilla("topic", "trim", "trimmed", "--before", "4", "--execute");
        String before = flotilla("consume", "trimmed", "-e").out();
        Run done = flotilla("topic", "trim", "trimmed", "--before", "4", "--execute", "--yes", "-o", "ndjson");
        Run again = flotilla("topic", "trim", "trimmed", "--before", "2", "--execute", "--yes", "-o", "ndjson");

        String expected = "{\"topic\":\"trimmed\",\"partition\":0,\"oldLogStartOffset\":0,\"logStartOffset\":4,"
                + "\"records\":4}\n";
        assertThat(plan.out()).isEqualTo(expected);
        assertThat(plan.err()).contains("plan only, nothing was trimmed");
        assertThat(asked.exit()).isEqualTo(2);
        assertThat(asked.err()).contains("trims 4 records", "add --yes to do it");
        assertThat(before).startsWith("0\n1\n");
        assertThat(done.out()).isEqualTo(expected);
        assertThat(flotilla("consume", "trimmed", "-e").out()).isEqualTo("4\n5\n6\n7\n8\n9\n");
        assertThat(again.out()).contains("\"logStartOffset\":4,\"records\":0");
    }

    @Test
    void trimsByTimeAndSaysWhatCannotBeTrimmed() {
        fill("timed", 2);

        Run beyond = flotilla("topic", "trim", "timed", "--before", "5", "-o", "json");
        Run all = flotilla("topic", "trim", "timed", "--before-time", "2100-01-01", "--execute", "--yes");
        Run nothing = flotilla("topic", "trim", "timed");

        assertThat(beyond.exit()).isEqualTo(1);
        assertThat(beyond.out()).contains("OFFSET_OUT_OF_RANGE", "\"partition\": \"timed/1\"", "\"records\": 5");
        assertThat(all.exit()).as(all.err()).isZero();
        assertThat(flotilla("consume", "timed", "-e").out()).isEmpty();
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(flotilla("topic", "trim", "timed", "--partition", "7", "--before", "1")
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void tailsSeveralTopics() {
        fill("left", 1);
        fill("right", 1);

        Run tail = flotilla("tail", "left", "right", "-n", "2", "-c", "4");
        Run whole = flotilla("tail", "left", "-n", "1", "-c", "1", "-o", "ndjson");

        assertThat(tail.exit()).as(tail.err()).isZero();
        assertThat(tail.out().lines())
                .containsExactlyInAnyOrder("left/0@8 8", "left/0@9 9", "right/0@8 8", "right/0@9 9");
        assertThat(whole.out()).contains("\"topic\":\"left\"", "\"offset\":9", "\"value\":\"9\"");
        assertThat(flotilla("tail", "left", "nowhere").exit()).isEqualTo(3);
    }

    /** What comes while it looks, until it is interrupted. */
    @Test
    void tailFollowsFromTheEnd() {
        fill("followed", 1);
        JarProcess tail = JarProcess.start(logs, "tail", "tail", "followed", "-b", bootstrap);

        Await.until(() -> "a record that came later, but " + tail.out() + tail.err(), () -> {
            withInput("later\n", "produce", "followed");
            return tail.out().contains(" later");
        });
        tail.terminate();

        assertThat(tail.out().lines()).allMatch(line -> line.matches("followed/0@\\d+ later"));
    }

    @Test
    void watchesUntilInterrupted() {
        fill("watched", 1);
        JarProcess watch =
                JarProcess.start(logs, "watch", "topic", "offsets", "watched", "--watch=100ms", "-b", bootstrap);

        Await.until(
                () -> "some rounds, but " + watch.out() + watch.err(),
                () -> watch.out()
                                .lines()
                                .filter(line -> line.contains("\"end\":10"))
                                .count()
                        >= 3);
        watch.terminate();

        assertThat(watch.out().lines()).allMatch(line -> line.startsWith("{\"topic\":\"watched\""));
    }
}
