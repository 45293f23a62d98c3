package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Compares the rows of an index file with the boundaries of its segment, while somebody walks through the segment. */
final class IndexCheck {
    private final long base;
    private final int rows;
    private final IndexRows good;
    private int next = 1;
    private @Nullable String problem;

    IndexCheck(Disk disk, Path index, Boundary start) throws IOException {
        this.base = start.offset();
        this.good = IndexFile.load(disk, index, start, 1);
        if (disk.exists(index)) {
            try (DiskFile file = disk.openToRead(index)) {
                this.rows = IndexFile.rowsIn(file.size());
            }
        } else {
            this.rows = 0;
            this.problem = "it is missing";
        }
    }

    /** Takes notice of the next boundary. */
    void pass(Boundary place) {
        if (problem == null && next < good.count() && good.row(next).position() <= place.position()) {
            if (!good.row(next).equals(place)) {
                problem = "row %d is %s, but there is %s".formatted(next, good.row(next), place);
            }
            next++;
        }
    }

    /** What is wrong with the index of a segment that ends at {@code end}, or null. */
    @Nullable
    String problemAt(Boundary end, boolean isSealed) {
        pass(end);
        if (problem != null) {
            return problem;
        }
        if (next < rows) {
            return "row %d of segment %d is damaged or leads nowhere".formatted(next, base);
        }
        return isSealed && !good.lastRow().equals(end) ? "its last row is not the end of the segment" : null;
    }
}
