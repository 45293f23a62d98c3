package io.flotilla.cli.offline;

import picocli.CommandLine.Command;

/** {@code flotilla log}. */
@Command(
        name = "log",
        description = "Log files of brokers that do not run: dump, verify",
        subcommands = {LogDump.class, LogVerify.class})
public final class LogCommand {}
