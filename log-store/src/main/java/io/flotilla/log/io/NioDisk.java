package io.flotilla.log.io;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The machine's own file system. */
public final class NioDisk implements Disk {
    private static final Set<StandardOpenOption> READ_WRITE = Set.of(READ, WRITE);
    private static final Set<StandardOpenOption> READ_ONLY = Set.of(READ);

    private final StagingBuffers buffers = new StagingBuffers();

    @Override
    public DiskFile create(Path file) throws IOException {
        return new NioDiskFile(file, FileChannel.open(file, CREATE_NEW, READ, WRITE), READ_WRITE, buffers);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new NioDiskFile(file, FileChannel.open(file, READ_WRITE), READ_WRITE, buffers);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new NioDiskFile(file, FileChannel.open(file, READ_ONLY), READ_ONLY, buffers);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return List.copyOf(names);
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }
}
