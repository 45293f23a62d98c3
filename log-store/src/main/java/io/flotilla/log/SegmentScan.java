package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a walk through a segment file found.
 *
 * @param rows index rows up to {@code end}
 * @param end the place after the last good frame
 * @param problem why the walk ended before the limit, or null
 */
record SegmentScan(IndexRows rows, Boundary end, @Nullable String problem) {
    /** Checks all frames from {@code from} to {@code limit}, bodies included, and adds to {@code rows}. */
    static SegmentScan of(Disk disk, Path path, IndexRows rows, Boundary from, int limit) throws IOException {
        try (DiskFile file = disk.openToRead(path)) {
            FrameScanner frames = new FrameScanner(path, file, from, limit, FrameScanner.Check.BODIES);
            while (frames.next() != null) {
                rows.pass(frames.before());
            }
            return new SegmentScan(rows, frames.after(), frames.problem());
        }
    }
}
