package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of a log, making them what a {@link LogSurvey} found: what it counts is made durable, everything else is
 * cut off or deleted, and last of all that is marked. A crash on the way leaves the old mark, and the next recovery comes
 * to the same result.
 */
final class LogRecovery {
    private static final Logger log = LoggerFactory.getLogger(LogRecovery.class);

    private final Disk disk;
    private final Path directory;
    private final LogConfig config;
    private final LogSurvey.Result found;

    private LogRecovery(Disk disk, Path directory, LogConfig config, LogSurvey.Result found) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.found = found;
    }

    /** @param cutBytes of an unfinished write that were cut off */
    record Recovered(LogFiles files, long cutBytes) {}

    /** Creates a log in a directory that never held one. */
    static void create(Disk disk, Path directory, LogEnd origin) throws IOException, CorruptLogException {
        NavigableSet<Long> segments = SegmentNames.segmentsIn(disk, directory);
        if (!segments.isEmpty()) {
            throw new CorruptLogException(
                    directory.resolve(MarkFile.NAME), 0, "the mark is gone, but segment files are there");
        }
        Path parent = directory.toAbsolutePath().getParent();
        disk.createDirectory(directory);
        disk.forceDirectory(parent == null ? directory : parent);
        MarkFile.create(disk, directory, Mark.startingAt(origin));
    }

    /** Opens a log that was created. */
    static Recovered open(Disk disk, Path directory, LogConfig config, LongSupplier nanoClock)
            throws IOException, CorruptLogException {
        CompactionMark compaction = finishExchange(disk, directory);
        LogSurvey.Result found = LogSurvey.of(disk, directory, config);
        MarkFile marks = MarkFile.open(disk, directory);
        try {
            LogFiles files = new LogRecovery(disk, directory, config, found).run(marks, compaction, nanoClock);
            if (found.cutBytes() > 0) {
                log.info(
                        "cut what a crash left unfinished: log={} bytes={} logEnd={}",
                        directory,
                        found.cutBytes(),
                        found.last().end().offset());
            }
            return new Recovered(files, found.cutBytes());
        } catch (IOException e) {
            marks.close();
            throw e;
        }
    }

    /** Ends what a compaction has begun, or takes away what it has not come to use. */
    private static CompactionMark finishExchange(Disk disk, Path directory) throws IOException, CorruptLogException {
        CompactionMark mark = CompactionFile.read(disk, directory);
        CompactionMark.Exchange exchange = mark.exchange();
        if (exchange != null) {
            SegmentExchange.finish(disk, directory, exchange);
            mark = mark.exchanged();
            CompactionFile.replace(disk, directory, mark);
        }
        SegmentExchange.deleteUnused(disk, directory);
        return mark;
    }

    private LogFiles run(MarkFile marks, CompactionMark compaction, LongSupplier nanoClock) throws IOException {
        LogSurvey.Last last = found.last();
        deleteAllBut(found.oldestBase(), last.base());
        List<Segment> sealed = openSealed();
        Mark old = found.mark();
        boolean extended = last.end().offset() > old.end().offset();
        Mark mark = new Mark(
                last.base(),
                last.end(),
                old.storedRaftIndex(),
                old.logStart(),
                extended ? LogEnd.NOTHING : old.truncatedFrom(),
                false,
                Math.min(old.keptFrom(), last.base()));
        SegmentWriter active = openLast(last);
        try {
            marks.write(mark);
            return new LogFiles(disk, directory, config, nanoClock, marks, mark, compaction, sealed, active);
        } catch (IOException e) {
            active.close();
            throw e;
        }
    }

    /** Deletes what was trimmed, what was never flushed, and what belongs to nothing. */
    private void deleteAllBut(long oldest, long newest) throws IOException {
        disk.delete(directory.resolve(MarkFile.NEW_NAME));
        for (long base : SegmentNames.segmentsIn(disk, directory)) {
            if (base < oldest || base > newest) {
                disk.delete(SegmentNames.log(directory, base));
            }
        }
        NavigableSet<Long> left = SegmentNames.segmentsIn(disk, directory);
        for (long base : SegmentNames.indexesIn(disk, directory)) {
            if (!left.contains(base)) {
                disk.delete(SegmentNames.index(directory, base));
            }
        }
        // Names that a killed process left too: above all the mark's, without which there must be no segment.
        disk.forceDirectory(directory);
    }

    private List<Segment> openSealed() throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (LogSurvey.Sealed segment : found.sealed()) {
            long base = segment.start().offset();
            Path path = SegmentNames.log(directory, base);
            IndexRows gathered = segment.gathered();
            if (gathered != null) {
                makeDurable(path, segment);
                List<Boundary> rows = new ArrayList<>(gathered.from(0));
                rows.add(segment.end());
                IndexFile.replace(disk, SegmentNames.index(directory, base), rows);
            }
            segments.add(new Segment(
                    base,
                    path,
                    segment.end(),
                    new SealedIndex(disk, directory, segment.start(), segment.end(), config.indexIntervalBytes())));
        }
        return segments;
    }

    private SegmentWriter openLast(LogSurvey.Last last) throws IOException {
        return disk.exists(SegmentNames.log(directory, last.base()))
                ? SegmentWriter.reopen(disk, directory, config, last.rows(), last.end(), last.durableTo())
                : SegmentWriter.create(disk, directory, config, last.end());
    }

    private void makeDurable(Path path, LogSurvey.Sealed segment) throws IOException {
        try (DiskFile file = disk.open(path)) {
            SegmentWriter.makeDurable(file, segment.durableTo(), segment.end().position());
        }
    }
}
