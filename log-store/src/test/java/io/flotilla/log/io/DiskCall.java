package io.flotilla.log.io;

import java.nio.file.Path;

/**
 * One call to a {@link FakeDisk}.
 *
 * @param number of the call, from 0
 */
public record DiskCall(int number, Kind kind, Path path) {
    /** What the call does. */
    public enum Kind {
        CREATE,
        OPEN,
        READ,
        WRITE,
        FORCE,
        TRUNCATE,
        RENAME,
        DELETE,
        CREATE_DIRECTORY,
        LIST,
        FORCE_DIRECTORY;

        /** Whether the disk is different after the call, or more of it durable. */
        public boolean isChange() {
            return this != OPEN && this != READ && this != LIST;
        }
    }

    @Override
    public String toString() {
        return "%d %s %s".formatted(number, kind, path.getFileName());
    }
}
