package io.flotilla.cli.offline;

import picocli.CommandLine.Command;

/** {@code flotilla log}. */
@Command(
        name = "log",
        description = "Log files of brokers that do not run: dump, verify",
        subcommands = {LogDump.class, LogVerify.class},
        footer = {"", "Example:", "  flotilla log verify /var/lib/flotilla"})
public final class LogCommand {}
