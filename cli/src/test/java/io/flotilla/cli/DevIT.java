package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.raft.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and topics by the command, against {@code flotilla dev}. */
class DevIT {
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

    /** Ctrl-C ends it in good order and leaves nothing behind. */
    @AfterAll
    static void endsWithoutATrace() {
        Matcher data = Pattern.compile("data in (\\S+),").matcher(dev.out());
        boolean toldWhere = data.find();

        int exit = dev.terminate();

        assertThat(toldWhere).isTrue();
        assertThat(exit).isZero();
        assertThat(Path.of(data.group(1))).doesNotExist();
        assertThat(dev.err()).doesNotContain("ERROR");
    }

    @Test
    void givesBackEveryByteOfAFile() throws Exception {
        create("bytes", 1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write("crlf\r\n\n  spaces  \nquote\"\\\n".getBytes(StandardCharsets.UTF_8));
        byte[] random = new byte[100_000];
        new Random(7).nextBytes(random);
        content.write(random);
        content.write('\n');
        Path file = Files.write(logs.resolve("content"), content.toByteArray());

        Run produced = flotilla("produce", "bytes", "--file", file.toString());
        Run consumed = flotilla("consume", "bytes", "--from", "start", "--exit-at-end");

        assertThat(produced.exit()).isZero();
        assertThat(produced.err()).contains("wrote ").contains(" to 1 partitions of bytes");
        assertThat(produced.out()).isEmpty();
        assertThat(consumed.exit()).isZero();
        assertThat(consumed.outBytes().toByteArray()).isEqualTo(content.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void readsWhatWasCompressed(String codec) {
        create("packed-" + codec, 1);
        String lines = "the same line again\n".repeat(500);

        Run produced = Run.withInput(lines, "produce", "packed-" + codec, "--compression", codec, "-b", bootstrap);

        assertThat(produced.exit()).isZero();
        assertThat(flotilla("consume", "packed-" + codec, "--exit-at-end").out())
                .isEqualTo(lines);
    }

    @Test
    void aFileMayBeAPipe(@TempDir Path directory) throws Exception {
        create("piped", 1);
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        String lines = "one line of many\n".repeat(10_000);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(pipe, lines));

        Run produced = flotilla("produce", "piped", "--file", pipe.toString());

        writing.join();
        assertThat(produced.exit()).as(produced.err()).isZero();
        assertThat(flotilla("consume", "piped", "-e").out()).isEqualTo(lines);
    }

    private static void write(Path pipe, String text) {
        try {
            Files.writeString(pipe, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsFromAnyPositionToAnyOther() {
        create("range", 1);
        Run.withInput("a\nb\nc\nd\ne\n", "produce", "range", "-b", bootstrap);

        assertThat(flotilla("consume", "range", "--from", "1", "--to", "3").out())
                .isEqualTo("b\nc\n");
        assertThat(flotilla("consume", "range", "--from", "-2", "-e").out()).isEqualTo("d\ne\n");
        assertThat(flotilla("consume", "range", "--from", "1h", "-c", "1").out())
                .isEqualTo("a\n");
        assertThat(flotilla("consume", "range", "--from", "end", "-e").out()).isEmpty();
        assertThat(flotilla("consume", "range", "--from", "9", "-e").exit()).isEqualTo(3);
    }

    @Test
    void endsAtTheEndOfATopicWithEmptyPartitions() {
        create("sparse", 5);
        Run.withInput("only\n", "produce", "sparse", "--partition", "2", "-b", bootstrap);

        assertThat(flotilla("consume", "sparse", "--exit-at-end").out()).isEqualTo("only\n");
    }

    @Test
    void showsARecordWithAllItHas() {
        create("one", 1);
        Run.withInput("k:v\n", "produce", "one", "-K", ":", "-H", "source=test", "-b", bootstrap);

        Run found = flotilla("get", "one/0@0", "-o", "json");
        Run missing = flotilla("get", "one/0@1");

        assertThat(found.out())
                .contains(
                        "\"key\": \"k\"", "\"value\": \"v\"", "\"offset\": 0", "\"key\": \"source\"", "\"raftIndex\"");
        assertThat(missing.exit()).isEqualTo(3);
        assertThat(missing.err()).contains("from 0 to before 1");
    }

    @Test
    void writesWholeRecordsAsJson() {
        create("json", 1);
        Run.withInput("text\n\u00ff\n".getBytes(StandardCharsets.ISO_8859_1), "produce", "json", "-b", bootstrap);

        Run lines = flotilla("consume", "json", "-e", "-o", "ndjson");
        Run object = flotilla("consume", "json", "-e", "-o", "json");

        assertThat(lines.out().lines())
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"offset\":0", "\"value\":\"text\""),
                        second -> assertThat(second).contains("\"offset\":1", "\"valueBase64\":\"/w==\""));
        assertThat(object.out())
                .startsWith("{\n")
                .contains("\"kind\": \"RecordList\"")
                .endsWith("\"errors\": []\n}\n");
    }

    @Test
    void saysWhatItWroteForPrograms() {
        create("receipt", 1);

        Run run = Run.withInput("a\nb\n", "produce", "receipt", "-o", "ndjson", "-b", bootstrap);

        assertThat(run.out())
                .isEqualTo(
                        "{\"topic\":\"receipt\",\"partition\":0,\"firstOffset\":0,\"lastOffset\":1,\"records\":2}\n");
    }

    @Test
    void tellsConflictsFromThingsThatAreNotThere() {
        create("taken", 1);

        assertThat(flotilla("topic", "create", "taken").exit()).isEqualTo(5);
        assertThat(flotilla("topic", "describe", "nowhere").exit()).isEqualTo(3);
        assertThat(flotilla("produce", "nowhere").exit()).isEqualTo(3);
        assertThat(flotilla("consume", "nowhere").exit()).isEqualTo(3);
        assertThat(flotilla("consume", "taken", "--partition", "7").exit()).isEqualTo(3);
        assertThat(flotilla("topic", "create", "a b").exit()).isEqualTo(1);
        assertThat(flotilla("topic", "create", "even", "--replication-factor", "2")
                        .exit())
                .isEqualTo(1);
    }

    @Test
    void plansATopicWithoutMakingIt() {
        Run plan = flotilla("topic", "create", "planned", "--partitions", "4", "--plan", "-o", "json");

        assertThat(plan.out()).contains("\"partitionCount\": 4");
        assertThat(flotilla("topic", "describe", "planned").exit()).isEqualTo(3);
    }

    @Test
    void deletesATopicOnlyWhenThatIsConfirmed() {
        create("doomed", 2);

        Run asked = flotilla("topic", "delete", "doomed");
        Run listedThen = flotilla("topic", "list", "-o", "name");
        Run confirmed = flotilla("topic", "delete", "doomed", "--yes");

        assertThat(asked.exit()).isEqualTo(2);
        assertThat(asked.err()).contains("2 partitions", "add --yes");
        assertThat(listedThen.out().lines()).contains("doomed");
        assertThat(confirmed.exit()).isZero();
        assertThat(flotilla("topic", "list", "-o", "name").out().lines()).doesNotContain("doomed");
    }

    @Test
    void describesTheClusterInEveryForm() {
        assertThat(flotilla("cluster", "health").out()).contains("STATUS", "healthy", "1 of 1 up");
        assertThat(flotilla("cluster", "info", "-o", "yaml").out()).contains("clusterId:", "brokers:");
        assertThat(flotilla("broker", "list", "-o", "name").out()).isEqualTo("1\n");
        assertThat(flotilla("cluster", "wait", "--brokers", "1").exit()).isZero();
        assertThat(flotilla("cluster", "wait", "--brokers", "2", "--timeout", "300ms")
                        .exit())
                .isEqualTo(10);
    }

    private static void create(String topic, int partitions) {
        Run run = flotilla("topic", "create", topic, "--partitions", Integer.toString(partitions));
        assertThat(run.exit()).as(run.err()).isZero();
    }

    private static Run flotilla(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "-b";
        all[args.length + 1] = bootstrap;
        return Run.of(all);
    }
}
