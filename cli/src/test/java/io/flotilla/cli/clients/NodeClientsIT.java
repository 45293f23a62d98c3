package io.flotilla.cli.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flotilla.cli.Run;
import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.Node;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/clients/node} against a real broker. Skipped where there is no Node, or no way to npm's packages. */
class NodeClientsIT {
    private static final Path PROGRAMS = Path.of("../docs/clients/node");
    private static final Path PROTOS = Path.of("../grpc-api/src/main/proto");
    private static final int RECORDS = 100;

    @TempDir
    Path root;

    private final List<Process> started = new ArrayList<>();
    private @Nullable Node broker;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(run("node", "--version") == 0, "Node is not installed: the Node clients are not tried");
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, root.resolve(file.getFileName()));
            }
        }
        assumeTrue(
                run("npm", "install", "--no-audit", "--no-fund") == 0,
                "npm cannot install the packages: the Node clients are not tried");
        broker = Node.voters(root, 1).get(0);
        broker.start();
        assertThat(Run.of("cluster", "wait", "--brokers", "1", "--timeout", "60s", "-b", broker.address())
                        .exit())
                .isZero();
        assertThat(Run.of("topic", "create", "orders", "--partitions", "4", "-b", broker.address())
                        .exit())
                .isZero();
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void whatTheProducerWritesTheMembersOfAGroupProcessThoughOneIsKilled() throws Exception {
        assertThat(run("node", "producer.mjs", "orders", Integer.toString(RECORDS)))
                .isZero();
        Process first = launch("first", "node", "consumer.mjs", "billing", "orders");
        Process second = launch("second", "node", "consumer.mjs", "billing", "orders");
        Await.until(() -> "the records are processed: " + lines(), () -> distinct() == RECORDS);

        first.destroyForcibly().waitFor();
        assertThat(run("node", "producer.mjs", "orders", Integer.toString(RECORDS)))
                .isZero();
        Await.until(() -> "the other one takes over: " + lines(), () -> distinct() == 2 * RECORDS);
        second.destroy();

        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isZero();
        Run lag = Run.of("group", "describe", "billing", "-o", "json", "-b", broker.address());
        assertThat(lag.out()).contains("\"STATE_EMPTY\"").doesNotContainPattern("\"lagRecords\": [1-9]");
    }

    private int distinct() {
        Set<String> seen = new HashSet<>(lines());
        return seen.size();
    }

    /** Partition, offset, key and value of what was processed. */
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (String member : List.of("first", "second")) {
            try {
                Path out = root.resolve(member + ".out");
                if (Files.exists(out)) {
                    lines.addAll(Files.readAllLines(out));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return lines;
    }

    private int run(String... command) throws InterruptedException {
        try {
            return launch("run", command).waitFor();
        } catch (IOException e) {
            return -1; // there is no such program
        }
    }

    private Process launch(String name, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(root.toFile());
        builder.environment().put("FLOTILLA_PROTOS", PROTOS.toAbsolutePath().toString());
        if (broker != null) {
            builder.environment().put("FLOTILLA_BOOTSTRAP", broker.address());
        }
        File out = root.resolve(name + ".out").toFile();
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(out))
                .redirectError(root.resolve(name + ".err").toFile())
                .start();
        started.add(process);
        return process;
    }
}
