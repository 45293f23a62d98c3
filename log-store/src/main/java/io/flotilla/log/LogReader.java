package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Answers questions about a log: from memory if memory reaches back that far, else from its files. Used by any thread, at
 * the same time as everything that changes the log.
 *
 * <p>What memory lets go of is in the files by then, so memory is always asked first. Files may be cut, replaced or
 * deleted under a reader's hands; it notices by {@link LogFiles#removals}, and looks again.
 */
final class LogReader {
    private final Path directory;
    private final LogFiles files;
    private final LongSupplier settledRemovals;
    private final Tail tail;
    private final LogFailure failure;
    private final LogMetrics metrics;
    private final Disk disk;
    private final SegmentReader segmentReader;

    /** @param settledRemovals as {@link LogFiles#removals}, but waits for a change that is under way */
    LogReader(
            Path directory,
            Disk disk,
            LogFiles files,
            LongSupplier settledRemovals,
            Tail tail,
            LogFailure failure,
            LogMetrics metrics) {
        this.directory = directory;
        this.files = files;
        this.settledRemovals = settledRemovals;
        this.tail = tail;
        this.failure = failure;
        this.metrics = metrics;
        this.disk = disk;
        this.segmentReader = new SegmentReader(disk);
    }

    LogSlice read(long offset, long endOffset, int maxBytes) throws LogException {
        return reading(() -> {
            long end = Math.min(endOffset, tail.end().offset());
            checkRange(offset, end);
            return frames(offset, end, maxBytes);
        });
    }

    /** Also before the log's start. */
    LogSlice readKept(long offset, long endOffset, int maxBytes) throws LogException {
        return reading(() -> frames(offset, Math.min(endOffset, tail.end().offset()), maxBytes));
    }

    private LogSlice frames(long offset, long end, int maxBytes) throws IOException, BadFrameException, LogException {
        if (offset >= end) {
            return LogSlice.emptyAt(offset);
        }
        LogSlice inMemory = tail.read(offset, end, maxBytes);
        if (inMemory != null) {
            metrics.readFromTail();
            return inMemory;
        }
        metrics.readFromFile();
        return segmentReader.read(segmentHolding(offset), offset, end, maxBytes);
    }

    /** Where the segment that holds {@code offset} begins. */
    LogEnd originOf(long offset) throws LogException {
        return reading(() -> {
            Segment segment = files.segments().firstThatEnds(end -> end.offset() > offset);
            LogEnd start = segment.index().last(row -> false).logEnd();
            BatchHeader first =
                    FrameSearch.holding(segment.base()).in(disk, segment).header();
            // Without its index, what came before a segment is known from its first frame only.
            return start.raftIndex() == LogEnd.NOTHING && segment.base() > 0 && first != null
                    ? new LogEnd(segment.base(), first.raftIndex() - 1, first.term())
                    : start;
        });
    }

    StoredEntry entry(long raftIndex) throws LogException {
        return reading(() -> {
            StoredEntry inMemory = tail.entry(raftIndex);
            if (inMemory != null) {
                metrics.readFromTail();
                return inMemory;
            }
            metrics.readFromFile();
            SegmentList segments = files.segments();
            Segment segment = segments.firstThatEnds(end -> end.raftIndex() >= raftIndex);
            return segmentReader.entry(segment, raftIndex, segment.equals(segments.oldest()));
        });
    }

    LogEnd endOf(long raftIndex) throws LogException {
        return reading(() -> {
            LogEnd inMemory = tail.endOf(raftIndex);
            if (inMemory != null) {
                return inMemory;
            }
            Segment segment = files.segments().firstThatEnds(end -> end.raftIndex() > raftIndex);
            return FrameSearch.fromRaftIndex(raftIndex + 1)
                    .in(disk, segment)
                    .place()
                    .logEnd();
        });
    }

    OptionalInt termOf(long raftIndex) throws LogException {
        LogEnd end = endOf(raftIndex);
        return end.raftIndex() == raftIndex ? OptionalInt.of(end.term()) : OptionalInt.empty();
    }

    int termAt(long offset) throws LogException {
        return reading(() -> {
            checkRange(offset, tail.end().offset() - 1);
            Entry inMemory = tail.holding(offset);
            if (inMemory != null) {
                return inMemory.end().term();
            }
            return flushedHeader(offset).term();
        });
    }

    long appendTimeAt(long offset) throws LogException {
        return reading(() -> {
            checkRange(offset, files.segments().end().offset() - 1);
            return flushedHeader(offset).appendTimeMs();
        });
    }

    private BatchHeader flushedHeader(long offset) throws IOException, BadFrameException, OffsetOutOfRangeException {
        BatchHeader found =
                FrameSearch.holding(offset).in(disk, segmentHolding(offset)).header();
        if (found == null) {
            throw new OffsetOutOfRangeException(
                    directory, offset, files.logStart(), tail.end().offset());
        }
        return found;
    }

    long endOffsetOfTerm(long term) throws LogException {
        return reading(() -> {
            // Memory first: what it does not hold any more is in the files by then.
            List<Entry> unflushed = tail.unflushed();
            SegmentList segments = files.segments();
            Segment segment = segments.firstThatEnds(end -> end.term() > term);
            FrameSearch.Found found = FrameSearch.afterTerm(term).in(disk, segment);
            if (found.header() != null) {
                return found.place().offset();
            }
            for (Entry entry : unflushed) {
                if (entry.end().term() > term) {
                    return entry.baseOffset();
                }
            }
            return Math.max(
                    found.place().offset(),
                    unflushed.isEmpty() ? 0 : last(unflushed).end().offset());
        });
    }

    Optional<TimeAndOffset> firstBatchAtOrAfter(long timestampMs) throws LogException {
        return reading(() -> {
            List<Entry> unflushed = tail.unflushed();
            long logStart = files.logStart();
            for (Segment segment : files.segments().all()) {
                if (segment.end().maxTimestampMs() >= timestampMs) {
                    BatchHeader found = FrameSearch.fromTime(timestampMs, logStart)
                            .in(disk, segment)
                            .header();
                    if (found != null) {
                        return Optional.of(new TimeAndOffset(found.maxTimestampMs(), found.baseOffset()));
                    }
                }
            }
            return firstOf(unflushed, timestampMs);
        });
    }

    private static Optional<TimeAndOffset> firstOf(List<Entry> entries, long timestampMs) {
        for (Entry entry : entries) {
            TimeAndOffset found = entry.firstAtOrAfter(timestampMs);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private static Entry last(List<Entry> entries) {
        return entries.get(entries.size() - 1);
    }

    private Segment segmentHolding(long offset) throws OffsetOutOfRangeException {
        Segment segment = files.segments().firstThatEnds(end -> end.offset() > offset);
        if (segment.base() > offset) {
            // Trimmed since the range was checked.
            throw new OffsetOutOfRangeException(
                    directory, offset, files.logStart(), tail.end().offset());
        }
        return segment;
    }

    private void checkRange(long offset, long end) throws OffsetOutOfRangeException {
        if (offset < files.logStart() || offset > end) {
            throw new OffsetOutOfRangeException(directory, offset, files.logStart(), end);
        }
    }

    private interface Question<T> {
        T ask() throws IOException, BadFrameException, LogException;
    }

    private <T> T reading(Question<T> question) throws LogException {
        while (true) {
            long removals = files.removals();
            try {
                return question.ask();
            } catch (OpenFailedException e) {
                throw new LogReadException(directory, e);
            } catch (BadFrameException e) {
                if (removals == settledRemovals.getAsLong()) {
                    throw damaged(e);
                }
            } catch (IOException e) {
                // A file that is not there any more, most likely: deleted by a trim, a truncation or a compaction.
                if (removals == settledRemovals.getAsLong()) {
                    throw failure.because(e);
                }
            }
        }
    }

    private CorruptBatchException damaged(BadFrameException e) {
        CorruptBatchException damage = e.asCorruptBatch();
        failure.because(damage);
        return damage;
    }
}
