package io.flotilla.cli.admin;

import picocli.CommandLine.Command;

/** {@code flotilla topic}. */
@Command(
        name = "topic",
        description = "Topics: create, list, describe, delete",
        subcommands = {TopicCreate.class, TopicList.class, TopicDescribe.class, TopicDelete.class})
public final class TopicCommand {}
