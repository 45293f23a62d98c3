package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of a sealed segment, searched where it lies on disk, so that old segments take no memory. An index is only a
 * hint: if it turns out to be damaged, its rows are gathered again from the segment and kept in memory.
 */
final class SealedIndex implements SegmentIndex {
    private static final Logger log = LoggerFactory.getLogger(SealedIndex.class);

    private final Disk disk;
    private final Path segment;
    private final Path file;
    private final Boundary start;
    private final Boundary end;
    private final int intervalBytes;
    private volatile @Nullable IndexRows gathered;

    /** @param end of the segment: the last row of the file */
    SealedIndex(Disk disk, Path directory, Boundary start, Boundary end, int intervalBytes) {
        this.disk = disk;
        this.segment = SegmentNames.log(directory, start.offset());
        this.file = SegmentNames.index(directory, start.offset());
        this.start = start;
        this.end = end;
        this.intervalBytes = intervalBytes;
    }

    @Override
    public Boundary last(Predicate<Boundary> before) throws IOException, BadFrameException {
        IndexRows rows = gathered;
        if (rows == null) {
            Boundary found = lastOnDisk(before);
            if (found != null) {
                return found;
            }
            rows = gather();
        }
        return rows.last(before);
    }

    @Override
    public boolean distrust() throws IOException, BadFrameException {
        if (gathered != null) {
            return false;
        }
        gather();
        return true;
    }

    @Override
    public IndexRows before(int position) throws IOException {
        IndexRows rows = gathered;
        if (rows == null) {
            rows = IndexFile.load(disk, file, start, intervalBytes);
        }
        return rows.before(position);
    }

    /** Null if a row on the way is damaged. */
    private @Nullable Boundary lastOnDisk(Predicate<Boundary> before) throws IOException {
        try (DiskFile rows = OpenFailedException.unless(disk, file)) {
            int low = 0;
            int high = IndexFile.rowsIn(rows.size()) - 1;
            Boundary found = start;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                Boundary row = IndexFile.row(rows, start.offset(), middle);
                if (row == null) {
                    return null;
                }
                if (before.test(row)) {
                    low = middle;
                    found = row;
                } else {
                    high = middle - 1;
                }
            }
            return found;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private IndexRows gather() throws IOException, BadFrameException {
        IndexRows rows = new IndexRows(start, intervalBytes);
        SegmentScan scan = SegmentScan.of(disk, segment, rows, start, end.position());
        if (scan.problem() != null || !scan.end().agreesWith(end)) {
            String problem = scan.problem() != null ? scan.problem() : "the segment does not end as it was sealed";
            throw new BadFrameException(segment, scan.end().position(), problem);
        }
        // Only now: a segment that a compaction has just replaced does not fit its old index either.
        log.warn("index was damaged or missing, its rows were read from the segment: file={}", file);
        gathered = rows;
        return rows;
    }
}
