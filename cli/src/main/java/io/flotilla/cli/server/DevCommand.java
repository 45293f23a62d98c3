package io.flotilla.cli.server;

import io.flotilla.cli.logging.LogLevel;
import io.flotilla.cli.logging.Logging;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code flotilla dev}: a cluster to try things with, in one process. */
@Command(
        name = "dev",
        description = "Run a cluster in this process, with data that is gone when it ends",
        footer = {"", "Example:", "  flotilla dev --port 7400"})
public final class DevCommand implements Runnable {
    private static final int DEFAULT_PORT = 7400;
    private static final Duration END = Duration.ofSeconds(20);

    private final Session session;

    @Option(names = "--brokers", paramLabel = "N", description = "1, 3 or 5. Default: 1")
    private int brokers = 1;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep the data here")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "For clients; Raft and HTTP take the two behind it, the next broker ten further."
                    + " Default: 7400")
    private int port = DEFAULT_PORT;

    @Option(names = "-X", paramLabel = "KEY=VALUE", description = "A setting of all brokers; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info, debug or trace. Default: warn")
    private LogLevel logLevel = LogLevel.WARN;

    DevCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        Logging.server(logLevel);
        Instant start = session.clock().instant();
        ThrowawayDirectory throwaway = data == null ? ThrowawayDirectory.create("flotilla-dev-") : null;
        Path root = throwaway == null ? data : throwaway.path();
        Service service = new Service();
        DevCluster cluster = new DevCluster(root == null ? Path.of("") : root, brokers, port, settings);
        Runnable end = () -> {
            cluster.shutDown();
            if (throwaway != null) {
                throwaway.delete();
            }
        };
        service.drainOnSignal(end, END);
        try {
            cluster.start(service.onFatal());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        session.write(
                welcome(cluster, root, Duration.between(start, session.clock().instant())));
        String reason = service.awaitFatal();
        end.run();
        throw new CommandFailure(new Problem(
                ExitCode.FAILED, "the cluster cannot go on", reason, "remove the cause, then start it again", "FATAL"));
    }

    private String welcome(DevCluster cluster, @Nullable Path root, Duration elapsed) {
        String first = cluster.addresses().get(0);
        String command = System.getProperty("flotilla.command", "flotilla"); // as the launcher was called
        String bootstrap = port == DEFAULT_PORT ? "" : " -b " + first;
        return """
                ready in %s: %s at %s
                data in %s%s; metrics at http://127.0.0.1:%d/metrics

                Try, in another terminal:
                  %s topic create hello --partitions 3%s
                  echo 'hello, world' | %s produce hello%s
                  %s consume hello --exit-at-end%s

                Ctrl-C ends it.
                """.formatted(
                        Durations.show(elapsed),
                        brokers == 1 ? "a broker" : brokers + " brokers",
                        String.join(", ", cluster.addresses()),
                        root,
                        data == null ? ", deleted at the end" : "",
                        port + 2,
                        command,
                        bootstrap,
                        command,
                        bootstrap,
                        command,
                        bootstrap);
    }
}
