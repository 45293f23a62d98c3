package io.flotilla.metadata;

/** What became of a command that was agreed. */
public sealed interface MetadataResult {
    /**
     * The command took effect.
     *
     * @param image after the command
     */
    record Applied(MetadataImage image) implements MetadataResult {}

    /**
     * The command has no effect; every node refuses it alike.
     *
     * @param message names the thing, the value and the next step
     */
    record Refused(Code code, String message) implements MetadataResult {}

    /** Why a command is refused, for programs. */
    enum Code {
        /** A thing of that name or id exists. */
        EXISTS,
        /** The thing to change does not exist. */
        NOT_FOUND,
        /** The topic's name breaks the rules. */
        INVALID_TOPIC_NAME,
        /** The number of partitions or replicas, or the brokers they are on, are not allowed. */
        INVALID_REPLICATION,
        /** A setting is unknown or its value is not allowed. */
        INVALID_CONFIG,
        /** Allowed as such, but not in the cluster's present state. */
        CONFLICT
    }
}
