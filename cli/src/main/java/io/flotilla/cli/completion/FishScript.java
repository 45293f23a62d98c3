package io.flotilla.cli.completion;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A completion script for fish: a line for each command and each option, with the condition where it fits. */
final class FishScript {
    private static final String HEAD = """
            # completion of %1$s for fish

            function __%1$s_words
                for word in (commandline -opc)[2..-1]
                    string match -q -- '-*' $word; or echo $word
                end
            end

            function __%1$s_in
                set -l words (__%1$s_words)
                test (count $words) -ge (count $argv); or return 1
                for i in (seq 1 1 (count $argv))
                    test "$words[$i]" = "$argv[$i]"; or return 1
                end
            end

            function __%1$s_at
                __%1$s_in $argv; and test (count (__%1$s_words)) -eq (count $argv)
            end

            complete -c %1$s -f
            """;

    private final StringBuilder out = new StringBuilder();
    private final String program;

    private FishScript(String program) {
        this.program = program;
    }

    static String of(CommandSpec root) {
        FishScript script = new FishScript(root.name());
        script.out.append(HEAD.formatted(root.name()));
        script.add(root, List.of());
        return script.out.toString();
    }

    private void add(CommandSpec command, List<String> path) {
        for (OptionSpec option : command.options()) {
            if (!option.hidden() && !(option.inherited() && !path.isEmpty())) {
                option(option, path);
            }
        }
        Set<CommandLine> children = new LinkedHashSet<>(command.subcommands().values());
        for (CommandLine child : children) {
            CommandSpec sub = child.getCommandSpec();
            if (!sub.usageMessage().hidden()) {
                line(
                        condition("at", path),
                        "-a " + sub.name(),
                        sub.usageMessage().description());
                List<String> deeper = new ArrayList<>(path);
                deeper.add(sub.name());
                add(sub, deeper);
            }
        }
    }

    private void option(OptionSpec option, List<String> path) {
        StringBuilder names = new StringBuilder();
        for (String name : option.names()) {
            names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        boolean needsValue = option.arity().min() > 0;
        line(condition("in", path), names.substring(1) + (needsValue ? " -r" : ""), option.description());
    }

    private String condition(String function, List<String> path) {
        return "__%s_%s%s".formatted(program, function, path.isEmpty() ? "" : " " + String.join(" ", path));
    }

    private void line(String condition, String what, String... description) {
        out.append("complete -c %s -n '%s' %s -d '%s'\n"
                .formatted(program, condition, what, quoted(String.join(" ", description))));
    }

    /** In single quotes fish knows two escapes. */
    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }
}
