package io.flotilla.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Entries in the order of the log; grows at the end, shrinks at both. Owned by the {@link Tail} it is part of. */
final class EntryRing {
    private @Nullable Entry[] slots = new @Nullable Entry[8];
    private int head;
    private int size;

    int size() {
        return size;
    }

    Entry get(int at) {
        Entry entry = at >= 0 && at < size ? slots[slot(at)] : null;
        if (entry == null) {
            throw new NoSuchElementException("entry %d of %d".formatted(at, size));
        }
        return entry;
    }

    void addLast(Entry entry) {
        if (size == slots.length) {
            grow();
        }
        slots[slot(size)] = entry;
        size++;
    }

    void removeFirst() {
        slots[head] = null;
        head = slot(1);
        size--;
    }

    void removeLast() {
        size--;
        slots[slot(size)] = null;
    }

    /** Entries from number {@code from} on. */
    List<Entry> from(int from) {
        List<Entry> rest = new ArrayList<>(size - from);
        for (int i = from; i < size; i++) {
            rest.add(get(i));
        }
        return rest;
    }

    /**
     * Number of the first entry for which {@code reached} holds, or {@link #size} if there is none.
     *
     * @param reached holds from some entry on
     */
    int first(Predicate<Entry> reached) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reached.test(get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int slot(int at) {
        int slot = head + at;
        return slot < slots.length ? slot : slot - slots.length;
    }

    private void grow() {
        @Nullable Entry[] larger = Arrays.copyOf(slots, slots.length * 2);
        int wrapped = slots.length - head;
        System.arraycopy(slots, head, larger, 0, wrapped);
        System.arraycopy(slots, 0, larger, wrapped, head);
        slots = larger;
        head = 0;
    }
}
