package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Names of a segment's two files, and of those that are to replace them: its base offset in 20 digits, so that names sort as offsets do. */
final class SegmentNames {
    private static final String LOG = ".log";
    private static final String INDEX = ".idx";
    private static final String NEW = ".new";
    private static final int DIGITS = 20;

    private SegmentNames() {}

    static Path log(Path directory, long base) {
        return directory.resolve(digits(base) + LOG);
    }

    static Path index(Path directory, long base) {
        return directory.resolve(digits(base) + INDEX);
    }

    /** Of a segment that is to take the place of others. */
    static Path newLog(Path directory, long base) {
        return directory.resolve(digits(base) + LOG + NEW);
    }

    static Path newIndex(Path directory, long base) {
        return directory.resolve(digits(base) + INDEX + NEW);
    }

    /** Whether a file's name is one of those two. */
    static boolean isNew(String name) {
        return name.endsWith(LOG + NEW) || name.endsWith(INDEX + NEW);
    }

    /** Base offsets of the segment files in a directory. */
    static NavigableSet<Long> segmentsIn(Disk disk, Path directory) throws IOException {
        return basesOf(disk, directory, LOG);
    }

    /** Base offsets of the index files in a directory. */
    static NavigableSet<Long> indexesIn(Disk disk, Path directory) throws IOException {
        return basesOf(disk, directory, INDEX);
    }

    private static NavigableSet<Long> basesOf(Disk disk, Path directory, String suffix) throws IOException {
        NavigableSet<Long> bases = new TreeSet<>();
        for (String name : disk.list(directory)) {
            if (name.length() == DIGITS + suffix.length() && name.endsWith(suffix) && isNumber(name)) {
                bases.add(Long.parseLong(name.substring(0, DIGITS)));
            }
        }
        return bases;
    }

    private static boolean isNumber(String name) {
        // The first of 20 digits is always 0: the largest offset has 19.
        return name.charAt(0) == '0' && name.substring(0, DIGITS).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String digits(long base) {
        String number = Long.toString(base);
        return "0".repeat(DIGITS - number.length()) + number;
    }
}
