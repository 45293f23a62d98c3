package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A log on disk that nobody has open, to look at. Changes nothing, repairs nothing. */
public final class OfflineLog {
    private final Disk disk;
    private final Path directory;

    OfflineLog(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Takes one frame after another. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called for the next whole frame.
         *
         * @param position of the frame in {@code file}
         * @param body read-only
         */
        void frame(Path file, long position, BatchHeader header, ByteBuffer body);
    }

    /** Checks every byte. */
    public LogReport verify() throws IOException {
        return visit(0, Long.MAX_VALUE, (file, position, header, body) -> {});
    }

    /**
     * Checks every byte, and calls {@code visitor} for each good frame that lies wholly in a range of offsets.
     *
     * @param fromOffset inclusive
     * @param toOffset exclusive
     */
    public LogReport visit(long fromOffset, long toOffset, Visitor visitor) throws IOException {
        return new LogWalk(disk, directory, fromOffset, toOffset, visitor).run();
    }
}
