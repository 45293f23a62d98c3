package io.flotilla.cli;

import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Every command, as the parser knows it. */
final class CommandTree {
    private CommandTree() {}

    /** One command: {@code flotilla topic create}. */
    record Node(String name, CommandSpec spec) {
        String description() {
            return String.join(" ", spec.usageMessage().description());
        }

        /** The lines of its examples. */
        List<String> examples() {
            return List.of(spec.usageMessage().footer()).stream()
                    .filter(line -> line.startsWith("  "))
                    .map(String::strip)
                    .toList();
        }

        boolean isGroup() {
            return !spec.subcommands().isEmpty();
        }
    }

    /** All that are not hidden, the root first. */
    static List<Node> visible() {
        Session session = new Session(
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                false,
                InstantSource.system());
        List<Node> found = new ArrayList<>();
        walk(Parser.of(session, Defaults.of(Surroundings.NONE)), found);
        return found;
    }

    private static void walk(CommandLine command, List<Node> found) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.usageMessage().hidden()) {
            found.add(new Node(spec.qualifiedName(), spec));
            new LinkedHashSet<>(command.getSubcommands().values()).forEach(child -> walk(child, found));
        }
    }
}
