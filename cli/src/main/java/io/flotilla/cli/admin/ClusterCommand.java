package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla cluster}. */
@Command(
        name = "cluster",
        description = "The cluster: info, health, wait",
        subcommands = {ClusterInfo.class, ClusterHealth.class, ClusterWait.class},
        footer = {"", "Example:", "  flotilla cluster health"})
public final class ClusterCommand {}
