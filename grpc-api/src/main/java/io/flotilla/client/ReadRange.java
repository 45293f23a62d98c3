package io.flotilla.client;

import io.flotilla.v1.Position;
import org.jspecify.annotations.Nullable;

/**
 * A part of a partition to read.
 *
 * @param from inclusive
 * @param until exclusive, turned into an offset once, when the reader starts; null = read on for ever
 */
public record ReadRange(
        TopicPartition partition, Position from, @Nullable Position until) {
    /** Everything, and what comes. */
    public static ReadRange fromStart(TopicPartition partition) {
        return new ReadRange(partition, anchor(Position.Anchor.ANCHOR_START), null);
    }

    /** Only what comes. */
    public static ReadRange fromEnd(TopicPartition partition) {
        return new ReadRange(partition, anchor(Position.Anchor.ANCHOR_END), null);
    }

    /** From one offset on. */
    public static ReadRange fromOffset(TopicPartition partition, long offset) {
        return new ReadRange(partition, Position.newBuilder().setOffset(offset).build(), null);
    }

    public ReadRange until(Position position) {
        return new ReadRange(partition, from, position);
    }

    /** Only what is there now. */
    public ReadRange untilEnd() {
        return until(anchor(Position.Anchor.ANCHOR_END));
    }

    private static Position anchor(Position.Anchor anchor) {
        return Position.newBuilder().setAnchor(anchor).build();
    }
}
