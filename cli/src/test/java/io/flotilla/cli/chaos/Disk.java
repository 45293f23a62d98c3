package io.flotilla.cli.chaos;

import java.nio.file.Path;

/** Where a node keeps its data. */
interface Disk extends AutoCloseable {
    Path directory();

    /** Everything that was not forced is lost, and nothing more can be written. */
    void cutPower();

    /** The disk can be used again. No process may have it open. */
    void restorePower();

    @Override
    void close();

    /** A plain directory, which never loses power. */
    static Disk at(Path directory) {
        return new Disk() {
            @Override
            public Path directory() {
                return directory;
            }

            @Override
            public void cutPower() {
                throw new UnsupportedOperationException("%s is not a disk of its own".formatted(directory));
            }

            @Override
            public void restorePower() {}

            @Override
            public void close() {}
        };
    }
}
