package io.flotilla.log;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The index of a segment in memory. Rows are only ever added, by one thread at a time; others read at the same time.
 * Where a segment is cut, its rows are copied.
 */
final class IndexRows implements SegmentIndex {
    private final int intervalBytes;
    private volatile Boundary[] rows;
    private volatile int count;

    /** @param start the segment's start */
    IndexRows(Boundary start, int intervalBytes) {
        this.intervalBytes = intervalBytes;
        this.rows = new Boundary[] {start};
        this.count = 1;
    }

    private IndexRows(Boundary[] rows, int intervalBytes) {
        this.intervalBytes = intervalBytes;
        this.rows = rows;
        this.count = rows.length;
    }

    /** Takes notice of a boundary that a frame follows: adds a row, if the last one is far enough away. */
    void pass(Boundary place) {
        if (place.position() - lastRow().position() >= intervalBytes) {
            add(place);
        }
    }

    /** Adds a row, which lies behind all others. */
    void add(Boundary row) {
        int next = count;
        Boundary[] held = rows;
        if (next == held.length) {
            held = Arrays.copyOf(held, next * 2);
        }
        held[next] = row;
        rows = held;
        // Written last: who sees the count sees the row.
        count = next + 1;
    }

    @Override
    public Boundary last(Predicate<Boundary> before) {
        int low = 0;
        int high = count - 1;
        Boundary[] held = rows;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (before.test(held[middle])) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return held[low];
    }

    /** The segment's start. */
    Boundary first() {
        return rows[0];
    }

    Boundary lastRow() {
        int last = count - 1;
        return rows[last];
    }

    int count() {
        return count;
    }

    Boundary row(int number) {
        return rows[number];
    }

    /** Rows from number {@code from} on. */
    List<Boundary> from(int from) {
        return List.of(Arrays.copyOfRange(rows, from, count));
    }

    @Override
    public IndexRows before(int position) {
        int kept = 1;
        while (kept < count && rows[kept].position() < position) {
            kept++;
        }
        return new IndexRows(Arrays.copyOf(rows, kept), intervalBytes);
    }

    @Override
    public boolean distrust() {
        return false;
    }
}
