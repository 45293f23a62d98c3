package io.flotilla.cli.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small file system in memory, which something else than the broker can fill. Needs Linux and root. */
final class SmallDisk implements Disk {
    private static final int CHUNK_BYTES = 64 << 10;

    private final Path mountPoint;
    private final Path ballast;

    private SmallDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
        this.ballast = mountPoint.resolve("ballast");
    }

    static SmallDisk make(Path mountPoint, int mib) {
        try {
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mib), "tmpfs", mountPoint.toString());
        return new SmallDisk(mountPoint);
    }

    /** Takes all the space there is but for about {@code left} bytes. */
    void fill(long left) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.getFileStore(mountPoint).getUsableSpace() > left) {
                out.write(chunk);
            }
        } catch (IOException e) {
            if (left > 0) {
                throw new UncheckedIOException(e);
            } // else it is full
        }
    }

    /** Gives it back. */
    void free() {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void cutPower() {
        throw new UnsupportedOperationException("all of it would be lost");
    }

    @Override
    public void restorePower() {}

    @Override
    public void close() {
        Shell.run("umount", "-l", mountPoint.toString());
    }
}
