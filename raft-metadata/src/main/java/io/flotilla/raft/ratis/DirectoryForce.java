package io.flotilla.raft.ratis;

import io.flotilla.raft.RaftMetrics;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes the creation, renaming or deletion of a file survive a power loss, which takes a force of the directory that
 * names it. Called from code woven into Ratis, hence public.
 */
public final class DirectoryForce {
    private DirectoryForce() {}

    public static void parentOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            return;
        }
        try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
            directory.force(true);
        }
        RaftMetrics.DIRECTORY_FORCES.increment();
    }

    public static void parentOf(File file) throws IOException {
        parentOf(file.toPath());
    }

    /** Survives, whether one level of it was made or two. */
    public static void newDirectory(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        parentOf(directory);
        if (parent != null) {
            parentOf(parent);
        }
    }

    /** The new length of a file that was cut survives. */
    public static void lengthOf(File file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.toPath(), StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
