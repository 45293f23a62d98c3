package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The files of one log: its segments, their indexes and the mark. Everything that changes a file goes through here, under
 * the log's file lock; what is volatile is read by any thread.
 *
 * <p>What is durable at each step, in order:
 *
 * <pre>
 *   flush      frames written, frames forced, mark written (forced once per interval)
 *   roll       old segment forced and sealed, new files and their names forced, ... flush goes on ..., mark forced
 *   truncate   mark forced with the new end and "cut running", later files deleted, file cut and forced, mark forced
 *   trim       mark forced with the new start, whole segments before it deleted
 *   exchange   new segment forced under another name, compaction mark replaced with the intention, files renamed, those
 *              without a successor deleted, compaction mark replaced
 *   hide       mark forced with the new start
 *   exchange   new segment forced under another name, compaction mark replaced with the intention, files renamed,
 *              those it also covers deleted, compaction mark replaced
 * </pre>
 *
 * So the mark never promises what is not durable, and files never lack what the mark promises.
 */
final class LogFiles implements Closeable {
    private final Disk disk;
    private final Path directory;
    private LogConfig config;
    private final LongSupplier nanoClock;
    private final MarkFile marks;
    private SegmentWriter active;
    private long forcedMarkNanos;
    private volatile long truncatedFrom;
    private volatile long storedRaftIndex;
    private volatile long logStart;
    private long keptFrom;
    private final AtomicLong removals = new AtomicLong();
    private volatile CompactionMark compaction;
    private volatile SegmentList segments;

    /** @param mark as it is on disk, forced, and describing {@code active} */
    LogFiles(
            Disk disk,
            Path directory,
            LogConfig config,
            LongSupplier nanoClock,
            MarkFile marks,
            Mark mark,
            CompactionMark compaction,
            List<Segment> sealed,
            SegmentWriter active) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.nanoClock = nanoClock;
        this.marks = marks;
        this.active = active;
        this.truncatedFrom = mark.truncatedFrom();
        this.storedRaftIndex = mark.storedRaftIndex();
        this.logStart = mark.logStart();
        this.keptFrom = mark.keptFrom();
        this.compaction = compaction;
        this.segments = new SegmentList(sealed, active.view());
        this.forcedMarkNanos = nanoClock.getAsLong();
    }

    /** All flushed frames, and no others. */
    SegmentList segments() {
        return segments;
    }

    long logStart() {
        return logStart;
    }

    long storedRaftIndex() {
        return storedRaftIndex;
    }

    /**
     * How often frames were taken away. A reader that meets bad bytes or a missing file looks again if this has changed
     * since it looked at {@link #segments}.
     */
    long removals() {
        return removals.get();
    }

    /** How far the log was compacted. */
    CompactionMark compaction() {
        return compaction;
    }

    OptionalLong truncatedFrom() {
        long raftIndex = truncatedFrom;
        return raftIndex == LogEnd.NOTHING ? OptionalLong.empty() : OptionalLong.of(raftIndex);
    }

    /** How full the active segment is, as far as it is flushed. */
    SegmentFill fill() {
        return active.fill();
    }

    /** Writes and forces entries that continue the log. */
    void flush(List<Entry> entries) throws IOException {
        SegmentList grown = segments;
        for (int from = 0; from < entries.size(); ) {
            int to = from;
            while (to < entries.size() && entries.get(to).fill().base() == active.base()) {
                to++;
            }
            if (to == from) {
                grown = roll(grown, entries.get(from));
            } else {
                active.write(entries.subList(from, to));
            }
            from = to;
        }
        active.force();
        boolean rolled = grown.active().base() != segments.active().base();
        segments = grown.with(active.view());
        truncatedFrom = LogEnd.NOTHING;
        if (rolled
                || nanoClock.getAsLong() - forcedMarkNanos
                        >= config.markInterval().toNanos()) {
            settle();
        } else {
            marks.writeUnforced(mark(false));
        }
    }

    /** Remembers that everything up to {@code raftIndex} counts as stored. */
    void confirmStored(long raftIndex) throws IOException {
        if (raftIndex > storedRaftIndex) {
            storedRaftIndex = raftIndex;
            marks.writeUnforced(mark(false));
        }
    }

    /** Where the files would end without the frames from {@code raftIndex} on, of which they hold at least one. */
    Cut cutAt(long raftIndex) throws IOException, BadFrameException {
        SegmentList held = segments;
        Segment segment = held.firstThatEnds(end -> end.raftIndex() >= raftIndex);
        Boundary place = FrameSearch.fromRaftIndex(raftIndex).in(disk, segment).place();
        if (place.position() > 0 || segment.equals(held.oldest())) {
            return new Cut(segment, place);
        }
        // A segment is never left empty behind another: the next entry decides anew whether to roll.
        Segment previous = held.firstThatEnds(end -> end.offset() >= segment.base());
        return new Cut(previous, previous.end());
    }

    /** Takes away everything behind {@code cut}, which {@link #cutAt} gave for {@code raftIndex}. */
    void truncate(Cut cut, long raftIndex) throws IOException {
        SegmentList before = segments;
        Segment target = cut.segment;
        IndexRows rows = target.index().before(cut.place.position());
        segments = before.cut(target, new Segment(target.base(), target.file(), cut.place, rows));
        removals.incrementAndGet();

        storedRaftIndex = Math.min(storedRaftIndex, raftIndex - 1);
        truncatedFrom = raftIndex;
        marks.write(mark(true));
        active.close();
        for (Segment segment : before.all()) {
            if (segment.base() > target.base()) {
                delete(segment.base());
            }
        }
        disk.forceDirectory(directory);
        active = SegmentWriter.reopen(disk, directory, config, rows, cut.place, cut.place.position());
        forceMark();
    }

    /** Takes back what counted as stored from {@code raftIndex} on, of which the files hold no frame. */
    void lowerStored(long raftIndex) throws IOException {
        if (raftIndex <= storedRaftIndex) {
            storedRaftIndex = raftIndex - 1;
            forceMark();
        }
    }

    /** Makes {@code offset}, which is flushed and behind the log's start, the new start. */
    void trim(long offset) throws IOException {
        logStart = offset;
        forceMark();
    }

    /** Deletes the sealed segments that lie before the log's start and have no frame behind {@code raftIndex}. */
    void reclaim(long raftIndex) throws IOException {
        SegmentList before = segments;
        SegmentList left = before.from(end -> end.offset() > logStart || end.raftIndex() > raftIndex);
        keptFrom = left.oldest().base();
        if (keptFrom == before.oldest().base()) {
            return;
        }
        segments = left;
        removals.incrementAndGet();
        forceMark();
        for (Segment segment : before.sealed()) {
            if (segment.base() < keptFrom) {
                delete(segment.base());
            }
        }
        disk.forceDirectory(directory);
    }

    /**
     * Puts a segment that a {@link SegmentRewrite} has completed in the place of those it covers.
     *
     * @param start of the new segment, and {@code end}
     * @return false, and nothing was done, if those are not all here any more
     */
    boolean exchange(Boundary start, Boundary end) throws IOException {
        long base = start.offset();
        SegmentIndex index = new SealedIndex(disk, directory, start, end, config.indexIntervalBytes());
        SegmentList before = segments;
        SegmentList after = before.exchanged(new Segment(base, SegmentNames.log(directory, base), end, index));
        if (after == null) {
            return false;
        }
        mark(compaction.exchanging(base, end.offset()));
        SegmentExchange.finish(disk, directory, new CompactionMark.Exchange(base, end.offset()));
        segments = after;
        removals.incrementAndGet();
        mark(compaction.exchanged());
        return true;
    }

    /** A compaction reached {@code endOffset}. */
    void compacted(long endOffset, long atMs) throws IOException {
        mark(compaction.passed(endOffset, atMs));
    }

    /** Frames below {@code offset} may not be those that were appended. */
    void markRewritten(long offset) throws IOException {
        if (offset > compaction.rewrittenEnd()) {
            mark(compaction.rewritten(offset));
        }
    }

    private void mark(CompactionMark changed) throws IOException {
        CompactionFile.replace(disk, directory, changed);
        compaction = changed;
    }

    /** For segments that are begun from now on. */
    void divide(LogConfig changed) {
        config = changed;
    }

    /** Makes durable all that is known about what was flushed, so that opening it again takes no work. */
    void settle() throws IOException {
        active.saveRows();
        forceMark();
    }

    /** Closes the files as they are. */
    @Override
    public void close() throws IOException {
        try {
            active.close();
        } finally {
            marks.close();
        }
    }

    /** A segment, and the place in it where the files are to end. */
    record Cut(Segment segment, Boundary place) {}

    private SegmentList roll(SegmentList list, Entry first) throws IOException {
        active.force();
        Segment sealed = active.seal();
        active = SegmentWriter.create(
                disk, directory, config, Boundary.startingAt(sealed.end().logEnd()));
        if (active.base() != first.fill().base()) {
            throw new IllegalStateException("segment %d follows where segment %d was planned"
                    .formatted(active.base(), first.fill().base()));
        }
        return list.rolled(sealed, active.view());
    }

    private void delete(long base) throws IOException {
        disk.delete(SegmentNames.log(directory, base));
        disk.delete(SegmentNames.index(directory, base));
    }

    private void forceMark() throws IOException {
        marks.write(mark(false));
        forcedMarkNanos = nanoClock.getAsLong();
    }

    private Mark mark(boolean cutRunning) {
        Segment last = segments.active();
        return new Mark(last.base(), last.end(), storedRaftIndex, logStart, truncatedFrom, cutRunning, keptFrom);
    }
}
