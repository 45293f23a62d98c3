package io.flotilla.cli.server;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.LoadedConfig;
import io.flotilla.cli.logging.LogLevel;
import io.flotilla.cli.logging.Logging;
import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla server}: a broker in this process, until a signal ends it. */
@Command(
        name = "server",
        description = {
            "Run a broker. Alone, it starts a cluster of one; with --initial-voters, several brokers start one"
                    + " together; with --join, it asks a cluster to take it in."
        },
        footer = {"", "Example:", "  flotilla server --id 1 --data /var/lib/flotilla"})
public final class ServerCommand implements Runnable {
    private static final Table SETTINGS =
            new Table(Column.of("KEY", "key"), Column.of("VALUE", "value"), Column.of("SET-BY", "origin"));

    private final Session session;

    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info, debug or trace. Default: info")
    private LogLevel logLevel = LogLevel.INFO;

    @Option(names = "--print-config", description = "Show every setting and where it was set, and start nothing")
    private boolean printConfig;

    @Option(names = "--check-config", description = "Check the settings, and start nothing")
    private boolean checkConfig;

    ServerCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        LoadedConfig loaded = options.load(System.getenv());
        if (printConfig) {
            session.show(settings(loaded));
        } else if (checkConfig) {
            session.say("the configuration is good");
        } else {
            serve(loaded);
        }
    }

    private static Answer settings(LoadedConfig loaded) {
        return Answer.of(
                "SettingList",
                loaded.settings().stream()
                        .map(setting -> Value.Fields.with("key", setting.key())
                                .and("value", setting.value())
                                .and("origin", setting.origin().text())
                                .build())
                        .toList(),
                SETTINGS);
    }

    private void serve(LoadedConfig loaded) {
        Logging.server(logLevel);
        Service service = new Service();
        Broker broker = BrokerStart.start(loaded.config(), service.onFatal());
        service.drainOnSignal(
                broker::shutDown, loaded.config().drain().timeout().multipliedBy(2));
        String reason = service.awaitFatal();
        broker.close();
        throw new CommandFailure(new Problem(
                ExitCode.FAILED,
                "broker %d cannot go on".formatted(loaded.config().node().id()),
                reason,
                "remove the cause, then start it again; its data is as it was",
                "FATAL"));
    }
}
