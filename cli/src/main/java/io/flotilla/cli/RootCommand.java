package io.flotilla.cli;

import io.flotilla.cli.admin.BrokerCommand;
import io.flotilla.cli.admin.ClusterCommand;
import io.flotilla.cli.admin.PartitionCommand;
import io.flotilla.cli.admin.TopicCommand;
import io.flotilla.cli.completion.CompletionCommand;
import io.flotilla.cli.data.ConsumeCommand;
import io.flotilla.cli.data.GetCommand;
import io.flotilla.cli.data.ProduceCommand;
import io.flotilla.cli.data.TailCommand;
import io.flotilla.cli.group.GroupCommand;
import io.flotilla.cli.offline.LogCommand;
import io.flotilla.cli.profile.ProfileCommand;
import io.flotilla.cli.server.DevCommand;
import io.flotilla.cli.server.RehearseCommand;
import io.flotilla.cli.server.ServerCommand;
import io.flotilla.cli.session.GlobalOptions;
import io.flotilla.cli.session.Session;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** {@code flotilla}: every command there is. */
@Command(
        name = "flotilla",
        description = "Durable, replicated streams of records.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        footer = {"", "Example:", "  flotilla dev"})
final class RootCommand {
    /** In the order in which help shows them. */
    private static final List<Class<?>> COMMANDS = List.of(
            ServerCommand.class,
            DevCommand.class,
            TopicCommand.class,
            ProduceCommand.class,
            ConsumeCommand.class,
            TailCommand.class,
            GetCommand.class,
            GroupCommand.class,
            ClusterCommand.class,
            BrokerCommand.class,
            PartitionCommand.class,
            LogCommand.class,
            ProfileCommand.class,
            CompletionCommand.class,
            VersionCommand.class,
            RehearseCommand.class);

    /** These look at the others. */
    private static final Set<Class<?>> ABOUT_ALL = Set.of(CompletionCommand.class, RehearseCommand.class);

    @Mixin
    private final GlobalOptions options;

    RootCommand(Session session) {
        this.options = session.options();
    }

    /**
     * The commands a command line may be about: one if it begins with its name, else all. To build a command's model takes
     * longer than to do what most commands do.
     */
    static List<Class<?>> commandsFor(String... args) {
        if (args.length == 0) {
            return COMMANDS;
        }
        List<Class<?>> named = COMMANDS.stream()
                .filter(command ->
                        args[0].equals(command.getAnnotation(Command.class).name()))
                .toList();
        return named.isEmpty() || ABOUT_ALL.containsAll(named) ? COMMANDS : named;
    }

    GlobalOptions options() {
        return options;
    }
}
