package io.flotilla.cli.server;

import io.flotilla.broker.config.ConfigException;
import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.LoadedConfig;
import io.flotilla.broker.config.SettingSource;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for settings; each stands for a key of the configuration. Set by the parser, then read. */
final class BrokerOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Properties file; flags and environment count more")
    private @Nullable Path file;

    @Option(names = "--id", paramLabel = "N", description = "node.id: this broker's number, 1 or more. Default: 1")
    private @Nullable String id;

    @Option(names = "--data", paramLabel = "DIR", description = "node.data-dir. Default: data")
    private @Nullable String data;

    @Option(names = "--host", paramLabel = "HOST", description = "listener.host. Default: 127.0.0.1")
    private @Nullable String host;

    @Option(names = "--advertised-host", paramLabel = "HOST", description = "listener.advertised-host")
    private @Nullable String advertisedHost;

    @Option(names = "--port", paramLabel = "PORT", description = "listener.port, for clients. Default: 7400")
    private @Nullable String port;

    @Option(names = "--raft-port", paramLabel = "PORT", description = "listener.raft-port, for brokers. Default: 7401")
    private @Nullable String raftPort;

    @Option(names = "--http-port", paramLabel = "PORT", description = "listener.http-port, for metrics. Default: 7402")
    private @Nullable String httpPort;

    @Option(names = "--insecure", description = "listener.insecure: allow a --host that other machines can reach")
    private boolean insecure;

    @Option(names = "--rack", paramLabel = "RACK", description = "node.rack: what fails together")
    private @Nullable String rack;

    @Option(
            names = "--initial-voters",
            paramLabel = "ID@HOST:RAFTPORT,...",
            description = "node.initial-voters: the brokers that start a new cluster together")
    private @Nullable String initialVoters;

    @Option(names = "--join", paramLabel = "HOST:PORT,...", description = "node.join: brokers of the cluster to join")
    private @Nullable String join;

    @Option(names = "-X", paramLabel = "KEY=VALUE", description = "Any other setting; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    /**
     * The settings from file, environment and flags.
     *
     * @throws CommandFailure if they make no configuration
     */
    LoadedConfig load(Map<String, String> environment) {
        try {
            List<SettingSource> sources = new ArrayList<>();
            if (file != null) {
                sources.add(SettingSource.file(file));
            }
            sources.add(SettingSource.environment(environment));
            sources.add(SettingSource.commandLine(flags()));
            return ConfigLoader.load(sources);
        } catch (ConfigException e) {
            throw new CommandFailure(
                    Problem.usage(
                            "cannot start with this configuration",
                            e.getMessage() == null ? "" : e.getMessage().replace("\n", "\n        "),
                            "correct it, and try it with --check-config"),
                    e);
        }
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        put(flags, "node.id", id);
        put(flags, "node.data-dir", data);
        put(flags, "node.rack", rack);
        put(flags, "node.initial-voters", initialVoters);
        put(flags, "node.join", join);
        put(flags, "listener.host", host);
        put(flags, "listener.advertised-host", advertisedHost);
        put(flags, "listener.port", port);
        put(flags, "listener.raft-port", raftPort);
        put(flags, "listener.http-port", httpPort);
        put(flags, "listener.insecure", insecure ? "true" : null);
        return flags;
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
