package io.flotilla.broker.group;

import java.util.Map;
import java.util.regex.Pattern;

/** The internal topic that holds the members and the positions of groups; the same name and layout as Kafka's. */
public final class OffsetsTopic {
    public static final String NAME = "__consumer_offsets";

    /** It is only ever read as a whole, so it is compacted, in segments that are soon full. */
    public static final Map<String, String> SETTINGS = Map.of("cleanup.policy", "compact", "segment.bytes", "16777216");

    private static final Pattern GROUP_NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private OffsetsTopic() {}

    /** The partition that holds {@code group}. */
    public static int partitionOf(String group, int partitions) {
        int hash = group.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    public static boolean isGroupName(String name) {
        return GROUP_NAME.matcher(name).matches();
    }
}
