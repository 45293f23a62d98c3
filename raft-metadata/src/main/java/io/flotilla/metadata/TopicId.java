package io.flotilla.metadata;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Names one topic for ever: a topic that is deleted and created again under the same name has another id, and files are
 * named by id, so old files are never taken for new ones.
 *
 * <p>A version 4 UUID whose last 16 bits are zero; there the number of a partition goes, see {@link
 * PartitionId#groupId()}. That leaves 106 random bits.
 */
public record TopicId(UUID uuid) implements Comparable<TopicId> {
    /** Size of {@link #toBytes()}. */
    public static final int BYTES = 16;

    static final long PARTITION_BITS = 0xFFFFL;

    private static final long VERSION_BITS = 0xF000L;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_BITS = 0xC000_0000_0000_0000L;
    private static final long VARIANT_RFC_4122 = 0x8000_0000_0000_0000L;
    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    public TopicId {
        if ((uuid.getLeastSignificantBits() & PARTITION_BITS) != 0 || uuid.version() != 4) {
            throw new IllegalArgumentException(
                    "%s is not a topic id; one is a version 4 UUID that ends in 0000".formatted(uuid));
        }
    }

    public static TopicId random(RandomGenerator random) {
        long high = (random.nextLong() & ~VERSION_BITS) | VERSION_4;
        long low = (random.nextLong() & ~(VARIANT_BITS | PARTITION_BITS)) | VARIANT_RFC_4122;
        return new TopicId(new UUID(high, low));
    }

    /** Reads the text form, as {@link #toString()} writes it, in either case. */
    public static TopicId parse(String text) {
        // the JDK also takes shortened groups; as the name of a directory only one spelling may exist
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a topic id; one looks like 0f8fad5b-d9cb-469f-a165-708677280000".formatted(text));
        }
        return new TopicId(UUID.fromString(text));
    }

    /** The id with these bytes, the inverse of {@link #toBytes()}. */
    public static TopicId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a topic id has %d bytes; must be %d".formatted(bytes.length, BYTES));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new TopicId(new UUID(buffer.getLong(), buffer.getLong()));
    }

    /** The UUID, most significant byte first. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    @Override
    public int compareTo(TopicId other) {
        return uuid.compareTo(other.uuid);
    }

    /** The UUID's usual text: 36 characters, lower case. */
    @Override
    public String toString() {
        return uuid.toString();
    }
}
