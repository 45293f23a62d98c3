package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One walk through all segments of a log on disk, oldest first, checking frames, indexes and the mark. */
final class LogWalk {
    private final Disk disk;
    private final Path directory;
    private final long fromOffset;
    private final long toOffset;
    private final OfflineLog.Visitor visitor;
    private final @Nullable Mark mark;
    private CompactionMark compaction = CompactionMark.NONE;
    private final MessageDigest digest = sha256();
    private long batches;
    private long bytes;
    private long unfinishedBytes;
    private LogReport.@Nullable Problem problem;

    LogWalk(Disk disk, Path directory, long fromOffset, long toOffset, OfflineLog.Visitor visitor) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
        this.visitor = visitor;
        this.mark = MarkFile.newest(disk, directory);
    }

    LogReport run() throws IOException {
        Path markFile = directory.resolve(MarkFile.NAME);
        if (mark == null) {
            report(markFile, 0, "it is missing, or no slot of it is valid", false);
        }
        readCompaction();
        long end = walkSegments();
        if (end < flushedOffset()) {
            report(markFile, 0, "offset %d was flushed, but %d is the end".formatted(flushedOffset(), end), false);
        }
        return new LogReport(
                mark == null ? 0 : mark.logStart(),
                end,
                flushedOffset(),
                compaction.rewrittenEnd(),
                batches,
                bytes,
                HexFormat.of().formatHex(digest.digest()),
                unfinishedBytes,
                Optional.ofNullable(problem));
    }

    private void readCompaction() throws IOException {
        try {
            compaction = CompactionFile.read(disk, directory);
        } catch (CorruptLogException e) {
            report(directory.resolve(CompactionFile.NAME), 0, "it is damaged", false);
        }
    }

    /** As they will be once an exchange of segments that a crash has interrupted is carried out. */
    private NavigableSet<Long> segments() throws IOException {
        NavigableSet<Long> bases = SegmentNames.segmentsIn(disk, directory);
        CompactionMark.Exchange exchange = compaction.exchange();
        if (exchange != null) {
            bases.subSet(exchange.base(), false, exchange.endOffset(), false).clear();
        }
        return bases;
    }

    private Path newOr(Path replacement, Path present) {
        return compaction.exchange() != null && disk.exists(replacement) ? replacement : present;
    }

    private long walkSegments() throws IOException {
        NavigableSet<Long> bases = segments();
        if (bases.isEmpty()) {
            return flushedOffset();
        }
        Long oldest = mark == null ? null : mark.oldestNeeded(bases);
        // Segments before that are only waiting to be deleted.
        NavigableSet<Long> needed = oldest == null ? bases : bases.tailSet(oldest, true);
        Boundary place = Boundary.startingAt(new LogEnd(needed.first(), LogEnd.NOTHING, LogEnd.NOTHING));
        if (oldest == null && mark != null) {
            report(SegmentNames.log(directory, needed.first()), 0, "the segment before it is missing", false);
        }
        for (long base : needed) {
            Path file = newOr(SegmentNames.newLog(directory, base), SegmentNames.log(directory, base));
            if (base == place.offset() && unfinishedBytes == 0) {
                place = walkSegment(file, Boundary.startingAt(place.logEnd()), base < needed.last());
                continue;
            }
            if (base < flushedOffset()) {
                report(
                        file,
                        0,
                        "it does not follow offset %d, where the one before ends".formatted(place.offset()),
                        false);
            }
            try (DiskFile unfinished = disk.openToRead(file)) {
                unfinishedBytes += sizeOf(unfinished);
            }
        }
        return place.offset();
    }

    private Boundary walkSegment(Path path, Boundary start, boolean isSealed) throws IOException {
        Path indexPath =
                newOr(SegmentNames.newIndex(directory, start.offset()), SegmentNames.index(directory, start.offset()));
        IndexCheck index = new IndexCheck(disk, indexPath, start);
        try (DiskFile file = disk.openToRead(path)) {
            int size = sizeOf(file);
            int limit = mark != null && mark.cutRunning() && mark.segmentBase() == start.offset()
                    ? Math.min(size, mark.end().position())
                    : size;
            FrameScanner frames = new FrameScanner(path, file, start, limit, FrameScanner.Check.BODIES);
            for (BatchHeader header = frames.next(); header != null; header = frames.next()) {
                index.pass(frames.before());
                take(path, file, frames.before().position(), header);
            }
            Boundary end = frames.after();
            unfinishedBytes += size - end.position();
            if (frames.problem() != null) {
                if (end.offset() < flushedOffset()) {
                    report(path, end.position(), frames.problem(), false);
                }
                return end;
            }
            String indexProblem = index.problemAt(end, isSealed);
            if (indexProblem != null) {
                report(indexPath, 0, indexProblem, true);
            }
            return end;
        }
    }

    private void take(Path path, DiskFile file, int position, BatchHeader header) throws IOException {
        if (header.baseOffset() < fromOffset || header.nextOffset() > toOffset) {
            return;
        }
        byte[] frame = new byte[header.frameBytes()];
        file.read(position, frame, 0, frame.length);
        digest.update(frame);
        batches++;
        bytes += frame.length;
        ByteBuffer body = ByteBuffer.wrap(frame, BatchHeader.HEADER_BYTES, header.bodyBytes());
        visitor.frame(path, position, header, body.slice().asReadOnlyBuffer());
    }

    private void report(Path file, long position, String reason, boolean isRepairable) {
        if (problem == null || (problem.isRepairable() && !isRepairable)) {
            problem = new LogReport.Problem(file, position, reason, isRepairable);
        }
    }

    private long flushedOffset() {
        return mark == null ? 0 : mark.end().offset();
    }

    private static int sizeOf(DiskFile file) throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, file.size());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
