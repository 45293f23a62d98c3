package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla broker}. */
@Command(
        name = "broker",
        description = "Brokers: list",
        subcommands = BrokerList.class,
        footer = {"", "Example:", "  flotilla broker list"})
public final class BrokerCommand {}
