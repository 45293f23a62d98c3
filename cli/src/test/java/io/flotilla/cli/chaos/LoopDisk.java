package io.flotilla.cli.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own in a file, so that its power can be cut: what the kernel still holds in memory is dropped,
 * and after mounting again only what was forced, or happened to be written, is there. Needs Linux, root and xfsprogs; a
 * test that cannot have it fails.
 */
final class LoopDisk implements Disk {
    private static final long BYTES = 2L << 30;

    private final Path image;
    private final Path mountPoint;

    private LoopDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    static LoopDisk make(Path image, Path mountPoint) {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("mkfs.xfs", "-q", image.toString());
        LoopDisk disk = new LoopDisk(image, mountPoint);
        disk.mount();
        return disk;
    }

    private void mount() {
        Shell.run("mount", "-o", "loop", image.toString(), mountPoint.toString());
    }

    @Override
    public void cutPower() {
        Shell.run("xfs_io", "-x", "-c", "shutdown", mountPoint.toString());
    }

    @Override
    public void restorePower() {
        Shell.run("umount", mountPoint.toString());
        mount();
    }

    @Override
    public void close() {
        Shell.run("umount", "-l", mountPoint.toString());
    }
}
