package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that exists could not be opened. Unlike a failed read, that says nothing about what is on disk. */
final class OpenFailedException extends IOException {
    private static final long serialVersionUID = 1;

    private OpenFailedException(IOException cause) {
        super(cause.toString(), cause);
    }

    /** Opens a file to read, throwing this exception if it exists and cannot be opened. */
    static DiskFile unless(Disk disk, Path file) throws IOException {
        try {
            return disk.openToRead(file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new OpenFailedException(e);
        }
    }
}
