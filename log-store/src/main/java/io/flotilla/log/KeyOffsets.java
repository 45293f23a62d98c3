package io.flotilla.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The newest offset of each of many keys, in memory of a fixed size. A key is known by the first 16 bytes of its SHA-256, so
 * that nobody can make two keys that are taken for one. Used by one thread.
 */
final class KeyOffsets {
    static final long UNKNOWN = -1;
    private static final int SLOT_LONGS = 3; // two of the hash, and the offset plus one: 0 for an empty slot
    private static final double MOST_FULL = 0.75;
    private final MessageDigest digest = sha256();
    private final byte[] hash = new byte[digest.getDigestLength()];
    private final ByteBuffer hashView = ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN);
    private final long[] slots;
    private final int slotCount;
    private final int mostKeys;
    private int keys;

    /** @param bytes of memory; at least one key fits in any case */
    KeyOffsets(int bytes) {
        slotCount = Math.max(4, bytes / (SLOT_LONGS * Long.BYTES));
        mostKeys = (int) (slotCount * MOST_FULL);
        slots = new long[slotCount * SLOT_LONGS];
    }

    /**
     * Takes note of a later occurrence of {@code key}.
     *
     * @return false, and nothing is noted, if the key is new and there is no room
     */
    boolean put(ByteBuffer key, long offset) {
        int slot = slotOf(key);
        if (slots[slot + 2] == 0) {
            if (keys == mostKeys) {
                return false;
            }
            keys++;
            slots[slot] = hashView.getLong(0);
            slots[slot + 1] = hashView.getLong(Long.BYTES);
        }
        slots[slot + 2] = offset + 1;
        return true;
    }

    /** The offset noted last for {@code key}, or {@link #UNKNOWN}. */
    long newest(ByteBuffer key) {
        return slots[slotOf(key) + 2] - 1;
    }

    int size() {
        return keys;
    }

    /** Where the key is, or would be put. */
    private int slotOf(ByteBuffer key) {
        digest.update(key.duplicate());
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("the array has the digest's length", e);
        }
        long first = hashView.getLong(0);
        long second = hashView.getLong(Long.BYTES);
        int number = (int) Long.remainderUnsigned(first, slotCount);
        while (true) {
            int slot = number * SLOT_LONGS;
            if (slots[slot + 2] == 0 || (slots[slot] == first && slots[slot + 1] == second)) {
                return slot;
            }
            number = number + 1 == slotCount ? 0 : number + 1;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
