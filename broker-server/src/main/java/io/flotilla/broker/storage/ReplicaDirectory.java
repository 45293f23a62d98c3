package io.flotilla.broker.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory of one replica. */
public final class ReplicaDirectory {
    private static final String DESCRIPTION = "replica.properties";

    private final Path directory;

    ReplicaDirectory(Path directory) {
        this.directory = directory;
    }

    public boolean exists() {
        return Files.exists(directory.resolve(DESCRIPTION));
    }

    public ReplicaDescription describe() throws IOException {
        return ReplicaDescription.fromProperties(new PropertiesFile(directory.resolve(DESCRIPTION)).read());
    }

    /** Makes the directory if there is none. */
    public void describe(ReplicaDescription description) throws IOException {
        Directories.create(directory);
        new PropertiesFile(directory.resolve(DESCRIPTION)).replace(description.toProperties());
    }

    public Path log() {
        return directory.resolve("log");
    }

    /** The file beside the log that holds what is known of producers. */
    public Path producers() {
        return directory.resolve("producers");
    }

    public boolean hasLog() {
        return Files.isDirectory(log());
    }

    /** Moves the log out of the way, if there is one. */
    public void setLogAside(Path to) throws IOException {
        if (Files.exists(log())) {
            Directories.move(log(), to.resolve("log"));
        }
    }

    /** Deletes the log and what belongs to it, to begin anew. */
    public void deleteLog() throws IOException {
        if (Files.exists(log())) {
            Directories.delete(log());
        }
        Files.deleteIfExists(producers());
        Directories.force(directory);
    }

    public void delete() throws IOException {
        Directories.delete(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
