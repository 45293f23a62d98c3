package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla partition}. */
@Command(
        name = "partition",
        description = "Partitions: list, describe",
        subcommands = {PartitionList.class, PartitionDescribe.class})
public final class PartitionCommand {}
