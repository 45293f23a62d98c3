package io.flotilla.cli.completion;

import io.flotilla.cli.session.Session;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flotilla completion}. */
@Command(
        name = "completion",
        description = "Print a script by which a shell completes commands and options",
        footer = {
            "",
            "Example:",
            "  source <(flotilla completion bash)",
            "  flotilla completion fish > ~/.config/fish/completions/flotilla.fish"
        })
public final class CompletionCommand implements Runnable {
    /** Shells there are scripts for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Session session;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private Shell shell = Shell.BASH;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        CommandSpec root = command.root();
        session.write(
                switch (shell) {
                    case BASH, ZSH -> AutoComplete.bash(root.name(), root.commandLine()); // it tells them apart itself
                    case FISH -> FishScript.of(root);
                });
    }
}
