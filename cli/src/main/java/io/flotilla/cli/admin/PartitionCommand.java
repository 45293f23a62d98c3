package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla partition}. */
@Command(
        name = "partition",
        description = "Partitions: list, describe",
        subcommands = {PartitionList.class, PartitionDescribe.class},
        footer = {"", "Example:", "  flotilla partition list --unhealthy"})
public final class PartitionCommand {}
