package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole, checked frames from segment files. Any thread; each read opens the file for itself, so that neither a trim
 * nor another reader's interrupt takes it away.
 */
final class SegmentReader {
    private final Disk disk;

    SegmentReader(Disk disk) {
        this.disk = disk;
    }

    /** Frames of {@code segment} from the one that holds {@code offset} on. */
    LogSlice read(Segment segment, long offset, long endOffset, int maxBytes) throws IOException, BadFrameException {
        FrameSearch.Found first = FrameSearch.holding(offset).in(disk, segment);
        BatchHeader header = first.header();
        if (header == null || header.nextOffset() > endOffset) {
            return LogSlice.emptyAt(offset);
        }
        int left = segment.end().position() - first.place().position();
        int wanted = Math.min(left, Math.max(maxBytes, header.frameBytes()));
        return select(segment, first.place(), wanted, new FrameSelection(offset, endOffset, maxBytes));
    }

    /** All frames of {@code raftIndex}, if the segment that must hold them does. */
    StoredEntry entry(Segment segment, long raftIndex, boolean oldest) throws IOException, BadFrameException {
        FrameSearch.Found first = FrameSearch.fromRaftIndex(raftIndex).in(disk, segment);
        BatchHeader header = first.header();
        if (header == null || header.raftIndex() != raftIndex) {
            boolean behindStart = oldest && first.place().position() == 0 && segment.base() > 0;
            return behindStart ? new StoredEntry.Trimmed() : new StoredEntry.Absent();
        }
        Boundary end =
                FrameSearch.fromRaftIndex(raftIndex + 1).in(disk, segment).place();
        int size = end.position() - first.place().position();
        FrameSelection all = new FrameSelection(first.place().offset(), end.offset(), size);
        return new StoredEntry.Held(select(segment, first.place(), size, all));
    }

    /** Reads {@code bytes} bytes from {@code from} on and offers the whole frames among them. */
    private LogSlice select(Segment segment, Boundary from, int bytes, FrameSelection selection)
            throws IOException, BadFrameException {
        byte[] chunk = new byte[bytes];
        int read;
        try (DiskFile file = OpenFailedException.unless(disk, segment.file())) {
            read = file.read(from.position(), chunk, 0, bytes);
        }
        Boundary place = from;
        for (int at = 0; bytes - at >= BatchHeader.HEADER_BYTES; ) {
            String problem = Frames.problemInHeader(chunk, at, read);
            if (problem != null) {
                throw new BadFrameException(segment.file(), place.position(), problem);
            }
            BatchHeader header = BatchHeader.read(chunk, at);
            if (header.frameBytes() > bytes - at) {
                break;
            }
            problem = problemIn(chunk, at, read, place, header);
            if (problem != null) {
                throw new BadFrameException(segment.file(), place.position(), problem);
            }
            if (!selection.take(chunk, at)) {
                break;
            }
            place = place.after(header);
            at += header.frameBytes();
        }
        return selection.slice();
    }

    private static @Nullable String problemIn(byte[] chunk, int at, int read, Boundary place, BatchHeader header) {
        String refusal = place.refusal(header);
        return refusal != null ? refusal : Frames.problemInBody(chunk, at, read);
    }
}
