package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of a log, in two walks: the first notes the newest offset of each key in the segments that were not
 * compacted yet, the second writes all segments up to there again without records that have a newer one. That it forgets
 * nothing needs no more than this: a record goes only if a later one with its key was read, or, for a deletion, if all before
 * it have been gone for long enough. As in "The log cleaner" of Kafka (KAFKA-631), the map bounds how far one compaction gets.
 *
 * <p>Segments are read as they lie on disk and replaced one after another, so an end at any place loses nothing and leaves
 * no key without its newest record. Used by one thread.
 */
final class Compaction {
    private final Disk disk;
    private final Path directory;
    private final LogFiles files;
    private final int indexIntervalBytes;
    private final BatchContents contents;
    private final CompactionRules rules;
    private final CompactionPace pace;
    private final Exchange exchange;
    private final KeyOffsets newest;
    private final CompactionMark mark;
    private final long deletionsEnd;
    private long mapEnd;
    private long bytesBefore;
    private long bytesAfter;
    private long recordsGone;
    private long unreadableBatches;

    /** Puts a new segment in the place of others, under the log's file lock; false if those are gone. */
    interface Exchange {
        boolean put(Boundary start, Boundary end) throws LogException;
    }

    Compaction(
            Disk disk,
            Path directory,
            LogFiles files,
            int indexIntervalBytes,
            BatchContents contents,
            CompactionRules rules,
            CompactionPace pace,
            Exchange exchange) {
        this.disk = disk;
        this.directory = directory;
        this.files = files;
        this.indexIntervalBytes = indexIntervalBytes;
        this.contents = contents;
        this.rules = rules;
        this.pace = pace;
        this.exchange = exchange;
        this.newest = new KeyOffsets(rules.mapBytes());
        this.mark = files.compaction();
        this.deletionsEnd = mark.deletionsEnd(rules.nowMs(), rules.deleteRetentionMs());
        this.mapEnd = mark.cleanEnd();
    }

    /** Returns what was done, once all of it is. */
    CompactionResult run() throws IOException, BadFrameException, LogException {
        List<Segment> segments = eligible();
        noteKeys(segments);
        for (int from = 0; from < segments.size() && segments.get(from).base() < mapEnd; ) {
            from += rewriteSome(segments.subList(from, segments.size()));
        }
        return new CompactionResult(mapEnd, bytesBefore, bytesAfter, recordsGone, unreadableBatches);
    }

    private List<Segment> eligible() {
        List<Segment> segments = new ArrayList<>();
        long logStart = files.logStart();
        for (Segment segment : files.segments().sealed()) {
            Boundary end = segment.end();
            if (end.offset() > rules.endOffset() || end.raftIndex() > rules.lastRaftIndex()) {
                break;
            }
            if (end.offset() > logStart) {
                segments.add(segment);
            }
        }
        return segments;
    }

    // ---- the first walk

    private void noteKeys(List<Segment> segments) throws IOException, BadFrameException, LogException {
        for (Segment segment : segments) {
            if (segment.end().offset() <= mark.cleanEnd()) {
                continue;
            }
            try (FrameReader frames = new FrameReader(segment)) {
                while (frames.next()) {
                    if (frames.header().nextOffset() > mark.cleanEnd() && !noteKeys(frames)) {
                        return;
                    }
                }
            }
        }
    }

    /** False if a key has found no room: what is noted reaches up to it. */
    private boolean noteKeys(FrameReader frames) {
        long[] full = {KeyOffsets.UNKNOWN};
        boolean readable = contents.visit(frames.frame(), (offset, key, deletion) -> {
            boolean noted = key == null || offset < mark.cleanEnd() || newest.put(key, offset);
            if (!noted && full[0] == KeyOffsets.UNKNOWN) {
                full[0] = offset;
            }
        });
        if (!readable) {
            unreadableBatches++;
        }
        mapEnd = full[0] == KeyOffsets.UNKNOWN ? frames.header().nextOffset() : full[0];
        return full[0] == KeyOffsets.UNKNOWN;
    }

    // ---- the second walk

    /** Writes one segment in place of the first of {@code segments} and those that fit with it; says how many. */
    private int rewriteSome(List<Segment> segments) throws IOException, BadFrameException, LogException {
        Boundary start = segments.get(0).index().last(row -> false);
        Boundary end;
        int count = 0;
        long before = 0;
        long gone = recordsGone;
        try (SegmentRewrite target = new SegmentRewrite(disk, directory, start, indexIntervalBytes, contents.none())) {
            while (count < segments.size() && joins(segments.get(count), target, count)) {
                rewrite(segments.get(count), target);
                before += segments.get(count).end().position();
                count++;
            }
            end = target.finish(segments.get(count - 1).end().offset());
        }
        boolean isWorthIt = gone != recordsGone || count > 1 || end.position() < before;
        if (isWorthIt && exchange.put(start, end)) {
            bytesBefore += before;
            bytesAfter += end.position();
        } else {
            recordsGone = gone;
            SegmentExchange.deleteUnused(disk, directory);
        }
        return count;
    }

    private boolean joins(Segment segment, SegmentRewrite target, int count) {
        return count == 0 || (segment.base() < mapEnd && target.sizeBytes() <= rules.segmentBytes() / 2);
    }

    private void rewrite(Segment segment, SegmentRewrite target)
            throws IOException, BadFrameException, CompactionStoppedException {
        try (FrameReader frames = new FrameReader(segment)) {
            while (frames.next()) {
                byte[] body = shortened(frames.frame());
                if (body == null) {
                    target.skip(frames.header());
                } else {
                    target.keep(frames.header(), body);
                    pace.passed(body.length);
                }
            }
        }
    }

    /** What is left of a body; null if nothing is. */
    private byte @Nullable [] shortened(byte[] frame) {
        BitSet kept = new BitSet();
        int[] count = {0};
        boolean readable = contents.visit(frame, (offset, key, deletion) -> {
            kept.set(count[0], key == null || isNeeded(key, offset, deletion));
            count[0]++;
        });
        int left = kept.cardinality();
        if (!readable || (left == count[0] && left > 0)) {
            return Arrays.copyOfRange(frame, BatchHeader.HEADER_BYTES, frame.length);
        }
        recordsGone += count[0] - left;
        return left == 0 ? null : contents.keeping(frame, kept);
    }

    private boolean isNeeded(ByteBuffer key, long offset, boolean deletion) {
        long last = newest.newest(key);
        if (last > offset) {
            return false;
        }
        return !deletion || offset >= deletionsEnd;
    }

    /** Walks the checked frames of one segment. */
    private final class FrameReader implements AutoCloseable {
        private final Segment segment;
        private final DiskFile file;
        private final FrameScanner frames;
        private @Nullable BatchHeader header;
        private byte[] frame = {};

        FrameReader(Segment segment) throws IOException, BadFrameException {
            Boundary start = segment.index().last(row -> false);
            this.segment = segment;
            this.file = OpenFailedException.unless(disk, segment.file());
            this.frames =
                    new FrameScanner(segment.file(), file, start, segment.end().position(), FrameScanner.Check.HEADERS);
        }

        boolean next() throws IOException, BadFrameException, CompactionStoppedException {
            if (!pace.goesOn()) {
                throw new CompactionStoppedException(directory);
            }
            header = frames.nextGood();
            if (header == null) {
                return false;
            }
            int position = frames.before().position();
            frame = new byte[header.frameBytes()];
            file.read(position, frame, 0, frame.length);
            String problem = Frames.problemInBody(frame, 0, frame.length);
            if (problem != null) {
                throw new BadFrameException(segment.file(), position, problem);
            }
            pace.passed(frame.length);
            return true;
        }

        BatchHeader header() {
            return Objects.requireNonNull(header);
        }

        byte[] frame() {
            return frame;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
