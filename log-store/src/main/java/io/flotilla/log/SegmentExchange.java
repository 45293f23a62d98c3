package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** The steps by which a rewritten segment takes the place of others. All of them may be carried out again after a crash. */
final class SegmentExchange {
    private SegmentExchange() {}

    /** To be called once {@code exchange} is marked, durably, and until it is not any more. */
    static void finish(Disk disk, Path directory, CompactionMark.Exchange exchange) throws IOException {
        long base = exchange.base();
        // The index first: its first row says what came before the segment, so there must always be one.
        if (disk.exists(SegmentNames.newIndex(directory, base))) {
            disk.rename(SegmentNames.newIndex(directory, base), SegmentNames.index(directory, base));
        }
        if (disk.exists(SegmentNames.newLog(directory, base))) {
            disk.rename(SegmentNames.newLog(directory, base), SegmentNames.log(directory, base));
        }
        disk.forceDirectory(directory);
        boolean deleted = false;
        for (long covered : SegmentNames.segmentsIn(disk, directory).subSet(base, false, exchange.endOffset(), false)) {
            disk.delete(SegmentNames.log(directory, covered));
            disk.delete(SegmentNames.index(directory, covered));
            deleted = true;
        }
        if (deleted) {
            disk.forceDirectory(directory);
        }
    }

    /** Deletes new segments that no exchange waits for. */
    static void deleteUnused(Disk disk, Path directory) throws IOException {
        disk.delete(directory.resolve(CompactionFile.NEW_NAME));
        for (String name : disk.list(directory)) {
            if (SegmentNames.isNew(name)) {
                disk.delete(directory.resolve(name));
            }
        }
    }
}
