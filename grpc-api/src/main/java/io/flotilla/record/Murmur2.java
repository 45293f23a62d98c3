package io.flotilla.record;

import com.google.protobuf.ByteString;

/**
 * The 32-bit MurmurHash2 with the seed that Kafka's clients use, so that a key lands in the same partition whoever
 * produces it.
 */
public final class Murmur2 {
    private static final int SEED = 0x9747b28c;
    private static final int M = 0x5bd1e995;

    private Murmur2() {}

    public static int hash(ByteString key) {
        int length = key.size();
        int hash = SEED ^ length;
        int at = 0;
        for (; length - at >= 4; at += 4) {
            int k = (key.byteAt(at) & 0xFF)
                    | (key.byteAt(at + 1) & 0xFF) << 8
                    | (key.byteAt(at + 2) & 0xFF) << 16
                    | (key.byteAt(at + 3) & 0xFF) << 24;
            k *= M;
            k ^= k >>> 24;
            hash = hash * M ^ k * M;
        }
        if (at < length) {
            for (int i = length - 1; i >= at; i--) {
                hash ^= (key.byteAt(i) & 0xFF) << (8 * (i - at));
            }
            hash *= M;
        }
        hash ^= hash >>> 13;
        hash *= M;
        return hash ^ hash >>> 15;
    }

    /** The partition of {@code key} among {@code partitions}; 0 or more and less than that. */
    public static int partition(ByteString key, int partitions) {
        return (hash(key) & 0x7fffffff) % partitions;
    }
}
