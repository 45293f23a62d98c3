package io.flotilla.log;

import java.nio.file.Path;

/**
 * One segment file as readers may see it. Bytes before {@code end} are written completely.
 *
 * @param base offset of the first frame
 * @param file holds whole frames from position 0 to the end's position
 * @param index finds a place near a frame
 */
record Segment(long base, Path file, Boundary end, SegmentIndex index) {}
