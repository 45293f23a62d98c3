package io.flotilla.log;

import java.util.ArrayList;
import java.util.List;

/**
 * What a log should hold, as a list: the simplest thing that can answer the same questions. Frames from offset 0 on, those
 * before {@code logStart} included.
 */
record LogModel(List<ModelFrame> frames, long logStart, long truncatedFrom, long storedRaftIndex) {
    static final LogModel EMPTY = new LogModel(List.of(), 0, LogEnd.NOTHING, LogEnd.NOTHING);

    LogModel {
        frames = List.copyOf(frames);
    }

    LogEnd end() {
        return frames.isEmpty() ? LogEnd.EMPTY : frames.get(frames.size() - 1).end();
    }

    /** Frames that can be read, the one with the log's start among them. */
    List<ModelFrame> readable() {
        return frames.stream().filter(frame -> frame.nextOffset > logStart).toList();
    }

    LogModel with(List<ModelFrame> more) {
        List<ModelFrame> longer = new ArrayList<>(frames);
        longer.addAll(more);
        return new LogModel(longer, logStart, more.isEmpty() ? truncatedFrom : LogEnd.NOTHING, storedRaftIndex);
    }

    LogModel truncatedFrom(long raftIndex) {
        List<ModelFrame> kept =
                frames.stream().filter(frame -> frame.raftIndex < raftIndex).toList();
        boolean cut = kept.size() < frames.size();
        return new LogModel(kept, logStart, cut ? raftIndex : truncatedFrom, Math.min(storedRaftIndex, raftIndex - 1));
    }

    LogModel trimmedTo(long offset) {
        return new LogModel(frames, Math.max(logStart, offset), truncatedFrom, storedRaftIndex);
    }

    LogModel stored(long raftIndex) {
        return new LogModel(frames, logStart, truncatedFrom, raftIndex);
    }

    /** Base offsets of all segments, had none been deleted; {@code whole} has all frames of each entry, if a crash tore one. */
    List<Long> segmentBases(List<ModelFrame> whole, LogConfig config) {
        List<Long> bases = new ArrayList<>();
        bases.add(0L);
        long size = 0;
        long firstAppendMs = 0;
        for (int i = 0; i < frames.size(); ) {
            ModelFrame first = frames.get(i);
            long entryBytes = 0;
            for (ModelFrame frame : whole) {
                boolean same = frame.raftIndex == first.raftIndex && frame.term == first.term;
                entryBytes += same ? frame.bytes.length : 0;
            }
            boolean full = size + entryBytes > config.segmentBytes();
            boolean old =
                    first.appendTimeMs - firstAppendMs >= config.segmentSpan().toMillis();
            if (size > 0 && (full || old)) {
                bases.add(first.baseOffset);
                size = 0;
            }
            if (size == 0) {
                firstAppendMs = first.appendTimeMs;
            }
            size += entryBytes;
            while (i < frames.size() && frames.get(i).raftIndex == first.raftIndex) {
                i++;
            }
        }
        return bases;
    }
}
