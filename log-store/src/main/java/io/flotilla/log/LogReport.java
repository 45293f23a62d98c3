package io.flotilla.log;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is in a log's directory.
 *
 * @param logStart first offset that can be read; 0 if the mark is unreadable
 * @param endOffset after the last whole frame
 * @param flushedOffset end of what is known to have been flushed; 0 if the mark is unreadable
 * @param rewrittenEnd end of what was compacted: frames before it may differ from those of another replica; 0 if nothing was
 * @param batches whole frames in the range that was asked for
 * @param bytes of these frames
 * @param sha256 of these frames' bytes, one after another, in hex; equal on all replicas that hold the same frames
 * @param unfinishedBytes behind the last whole frame: an unfinished write, to be cut off when the log is opened
 * @param problem the first thing that keeps the log from being opened, else the first that is wrong, if any
 */
public record LogReport(
        long logStart,
        long endOffset,
        long flushedOffset,
        long rewrittenEnd,
        long batches,
        long bytes,
        String sha256,
        long unfinishedBytes,
        Optional<Problem> problem) {
    /**
     * Something that is wrong.
     *
     * @param position in the file, in bytes
     * @param isRepairable does not keep the log from being opened
     */
    public record Problem(Path file, long position, String reason, boolean isRepairable) {}
}
