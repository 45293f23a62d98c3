package io.flotilla.cli.group;

import picocli.CommandLine.Command;

/** {@code flotilla group}. */
@Command(
        name = "group",
        description = "Consumer groups: list, describe, members, lag, offsets, seek, pause, resume, evict, delete",
        subcommands = {
            GroupList.class,
            GroupDescribe.class,
            GroupMembers.class,
            GroupLag.class,
            GroupOffsets.class,
            GroupSeek.class,
            GroupPause.class,
            GroupResume.class,
            GroupEvict.class,
            GroupDelete.class
        },
        footer = {"", "Example:", "  flotilla group lag billing --watch"})
public final class GroupCommand {}
