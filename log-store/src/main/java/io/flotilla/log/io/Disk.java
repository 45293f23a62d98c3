package io.flotilla.log.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system as a log needs it. Nothing is promised about a power loss except this: what a file held at its last
 * {@link DiskFile#force} is kept, and a directory has the entries it had at its last {@link #forceDirectory}. Everything
 * else may survive in part, in any order, or not at all. Used by any thread.
 *
 * <p>A call that throws may have been carried out in part.
 */
public interface Disk {
    /** A new, empty file to read and write. Throws {@link java.nio.file.FileAlreadyExistsException} if it is there. */
    DiskFile create(Path file) throws IOException;

    /** An existing file to read and write. Throws {@link java.nio.file.NoSuchFileException} if it is not there. */
    DiskFile open(Path file) throws IOException;

    /** As {@link #open}, to read only. The file stays readable through the handle when it is deleted meanwhile. */
    DiskFile openToRead(Path file) throws IOException;

    /** Gives a file another name in the same directory, at once and in place of what has that name now. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file's name, if it is there. */
    void delete(Path file) throws IOException;

    /** Makes a directory and those above it that are missing. */
    void createDirectory(Path directory) throws IOException;

    /** Names of the entries of a directory, in no particular order; empty if there is no such directory. */
    List<String> list(Path directory) throws IOException;

    boolean exists(Path file);

    /** Makes the entries of a directory durable: files created, renamed and deleted in it so far. */
    void forceDirectory(Path directory) throws IOException;
}
