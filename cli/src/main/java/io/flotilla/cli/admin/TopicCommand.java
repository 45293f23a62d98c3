package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla topic}. */
@Command(
        name = "topic",
        description = "Topics: create, list, describe, alter, offsets, trim, add-partitions, delete",
        subcommands = {
            TopicCreate.class,
            TopicList.class,
            TopicDescribe.class,
            TopicAlter.class,
            TopicOffsets.class,
            TopicTrim.class,
            TopicAddPartitions.class,
            TopicDelete.class
        },
        footer = {"", "Example:", "  flotilla topic create web --partitions 6"})
public final class TopicCommand {}
