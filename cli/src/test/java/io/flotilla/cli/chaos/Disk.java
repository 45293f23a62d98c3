package io.flotilla.cli.chaos;

/** Where a machine keeps its data. */
interface Disk extends AutoCloseable {
    /** A plain directory, which never loses power. */
    Disk PLAIN = new Disk() {
        @Override
        public void cutPower() {
            throw new UnsupportedOperationException("a directory shares its disk with others");
        }

        @Override
        public void restorePower() {}

        @Override
        public void close() {}
    };

    /** Everything that was not forced is lost, and nothing more can be written. */
    void cutPower();

    /** The disk can be used again. No process may have it open. */
    void restorePower();

    @Override
    void close();
}
