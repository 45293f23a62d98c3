package io.flotilla.cli.text;

import io.flotilla.client.TopicPartition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One record's place: {@code orders/3@118204}.
 *
 * @param offset 0 or more
 */
public record Place(TopicPartition partition, long offset) {
    private static final Pattern PARTITION = Pattern.compile("([^/@]+)/(\\d{1,9})");
    private static final Pattern PLACE = Pattern.compile("(.+)@(\\d{1,18})");

    public static Place parse(String text) {
        Matcher place = PLACE.matcher(text);
        if (!place.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a record's place; write TOPIC/PARTITION@OFFSET, such as orders/3@118204"
                            .formatted(text));
        }
        return new Place(parsePartition(place.group(1)), Long.parseLong(place.group(2)));
    }

    /** {@code orders/3}. */
    public static TopicPartition parsePartition(String text) {
        Matcher partition = PARTITION.matcher(text);
        if (!partition.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a partition; write TOPIC/PARTITION, such as orders/3".formatted(text));
        }
        return new TopicPartition(partition.group(1), Integer.parseInt(partition.group(2)));
    }

    @Override
    public String toString() {
        return partition + "@" + offset;
    }
}
