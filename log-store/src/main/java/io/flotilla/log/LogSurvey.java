package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is on disk after any crash; changes nothing. Everything before the mark was flushed: if it is not there, the
 * log is corrupt. What lies behind the mark counts up to the first bad frame. All that is looked at are the frames behind
 * the last index row before the mark, and of each sealed segment the end of its index.
 */
final class LogSurvey {
    private final Disk disk;
    private final Path directory;
    private final int indexIntervalBytes;
    private final Mark mark;
    private final NavigableSet<Long> bases; // of the segment files, and of the one the mark is in
    private final List<Sealed> sealed = new ArrayList<>();

    private LogSurvey(Disk disk, Path directory, int indexIntervalBytes, Mark mark) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.indexIntervalBytes = indexIntervalBytes;
        this.mark = mark;
        this.bases = new TreeSet<>(SegmentNames.segmentsIn(disk, directory));
        this.bases.add(mark.segmentBase());
    }

    /**
     * What was found.
     *
     * @param oldestBase of the first segment that is still needed
     * @param sealed segments from there on, but for the last
     * @param cutBytes that were written behind the mark and are not whole frames
     */
    record Result(Mark mark, long oldestBase, List<Sealed> sealed, Last last, long cutBytes) {}

    /**
     * A segment that another one follows.
     *
     * @param gathered rows of its index, if the index has to be written again
     * @param durableTo position up to which it is known to be durable
     */
    record Sealed(Boundary start, Boundary end, @Nullable IndexRows gathered, int durableTo) {}

    /** The last segment, as far as it is good. */
    record Last(IndexRows rows, Boundary end, int sizeBytes, int durableTo) {
        long base() {
            return rows.first().offset();
        }
    }

    static Result of(Disk disk, Path directory, LogConfig config) throws IOException, CorruptLogException {
        Mark mark = MarkFile.newest(disk, directory);
        if (mark == null) {
            throw new CorruptLogException(directory.resolve(MarkFile.NAME), 0, "no slot of the mark is valid");
        }
        return new LogSurvey(disk, directory, config.indexIntervalBytes(), mark).run();
    }

    private Result run() throws IOException, CorruptLogException {
        long oldest = oldestNeeded();
        Boundary start = checkSealed(oldest);
        Last last = checkBehindMark(checkUpToMark(start));
        long cutBytes = last.sizeBytes() - last.end().position() + bytesBehind(last.base());
        return new Result(mark, oldest, List.copyOf(sealed), last, cutBytes);
    }

    /** Base of the segment that holds the log's start, or of the marked one if the log starts where that ends. */
    private long oldestNeeded() throws CorruptLogException {
        Long oldest = mark.oldestNeeded(bases);
        if (oldest == null) {
            throw new CorruptLogException(
                    SegmentNames.log(directory, bases.first()),
                    0,
                    "it is the oldest segment, but the log starts at offset %d".formatted(mark.logStart()));
        }
        return oldest;
    }

    /** Checks that the sealed segments are complete and join. Returns where the active one must start. */
    private @Nullable Boundary checkSealed(long oldest) throws IOException, CorruptLogException {
        Boundary previous = null;
        for (long base : bases.subSet(oldest, mark.segmentBase())) {
            Sealed segment = checkSealed(startOf(base, previous), nextBase(base));
            sealed.add(segment);
            previous = segment.end;
        }
        return previous;
    }

    private Sealed checkSealed(Boundary start, long nextBase) throws IOException, CorruptLogException {
        Path path = SegmentNames.log(directory, start.offset());
        int size = sizeOf(path);
        Boundary end = IndexFile.lastRow(disk, SegmentNames.index(directory, start.offset()), start.offset());
        if (end != null && end.position() == size && end.offset() == nextBase) {
            return new Sealed(start, end, null, size);
        }
        IndexRows rows = new IndexRows(start, indexIntervalBytes);
        SegmentScan scan = SegmentScan.of(disk, path, rows, start, size);
        if (scan.problem() != null) {
            throw new CorruptLogException(path, scan.end().position(), scan.problem());
        }
        if (scan.end().offset() != nextBase) {
            throw new CorruptLogException(
                    path,
                    size,
                    "it ends at offset %d, but the next segment starts at %d"
                            .formatted(scan.end().offset(), nextBase));
        }
        return new Sealed(start, scan.end(), rows, size);
    }

    private long nextBase(long base) {
        return bases.tailSet(base, false).first();
    }

    /** Checks the marked segment up to the mark. */
    private Last checkUpToMark(@Nullable Boundary previous) throws IOException, CorruptLogException {
        long base = mark.segmentBase();
        Path path = SegmentNames.log(directory, base);
        Boundary end = mark.end();
        int size = disk.exists(path) ? sizeOf(path) : 0;
        if (size < end.position()) {
            throw new CorruptLogException(
                    path, size, "the file ends here, but was flushed up to position %d".formatted(end.position()));
        }
        if (end.position() == 0) {
            return new Last(new IndexRows(end, indexIntervalBytes), end, size, 0);
        }
        Boundary start = startOf(base, previous);
        Path index = SegmentNames.index(directory, base);
        IndexRows indexed =
                IndexFile.load(disk, index, start, indexIntervalBytes).before(end.position());
        SegmentScan scan = SegmentScan.of(disk, path, indexed, indexed.lastRow(), end.position());
        if (scan.problem() != null || !scan.end().agreesWith(end)) {
            // Perhaps only the index is wrong.
            IndexRows none = new IndexRows(start, indexIntervalBytes);
            scan = SegmentScan.of(disk, path, none, start, end.position());
        }
        if (scan.problem() != null) {
            throw new CorruptLogException(path, scan.end().position(), scan.problem());
        }
        if (!scan.end().agreesWith(end)) {
            throw new CorruptLogException(
                    path,
                    scan.end().position(),
                    "its batches end at %s, but %s was flushed"
                            .formatted(scan.end().logEnd(), end.logEnd()));
        }
        return new Last(scan.rows(), scan.end(), size, end.position());
    }

    /** Takes what is good behind the mark, in the marked segment and in those that follow. */
    private Last checkBehindMark(Last marked) throws IOException {
        if (mark.cutRunning() || marked.sizeBytes() == 0) {
            return marked;
        }
        Last last = extended(marked);
        // Another segment is there only if the one before was complete; it counts once it has a good frame.
        while (last.end().position() == last.sizeBytes()
                && bases.contains(last.end().offset())) {
            Boundary start = Boundary.startingAt(last.end().logEnd());
            int size = sizeOf(SegmentNames.log(directory, start.offset()));
            Last next = extended(new Last(new IndexRows(start, indexIntervalBytes), start, size, 0));
            if (next.end().position() == 0) {
                break;
            }
            sealed.add(new Sealed(last.rows().first(), last.end(), last.rows(), last.durableTo()));
            last = next;
        }
        return last;
    }

    private Last extended(Last from) throws IOException {
        Path path = SegmentNames.log(directory, from.base());
        SegmentScan scan = SegmentScan.of(disk, path, from.rows(), from.end(), from.sizeBytes());
        return new Last(scan.rows(), scan.end(), from.sizeBytes(), from.durableTo());
    }

    private Boundary startOf(long base, @Nullable Boundary previous) throws IOException {
        if (previous != null) {
            return Boundary.startingAt(previous.logEnd());
        }
        Boundary first = IndexFile.firstRow(disk, SegmentNames.index(directory, base), base);
        return first != null && first.position() == 0 && first.offset() == base
                ? first
                : Boundary.startingAt(new LogEnd(base, LogEnd.NOTHING, LogEnd.NOTHING));
    }

    private long bytesBehind(long lastBase) throws IOException {
        long bytes = 0;
        for (long base : bases.tailSet(lastBase, false)) {
            bytes += sizeOf(SegmentNames.log(directory, base));
        }
        return bytes;
    }

    private int sizeOf(Path path) throws IOException {
        try (DiskFile file = disk.openToRead(path)) {
            return (int) Math.min(Integer.MAX_VALUE, file.size());
        }
    }
}
