package io.flotilla.broker.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories made, moved and deleted so that a power loss does not undo it. */
public final class Directories {
    private static final Comparator<Path> DEEPEST_FIRST =
            Comparator.comparing(Path::getNameCount).reversed().thenComparing(path -> !Files.isDirectory(path));

    private Directories() {}

    static Path create(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                create(parent);
            }
            Files.createDirectory(directory);
            force(parent);
        }
        return directory;
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(from.toAbsolutePath().getParent());
        force(to.toAbsolutePath().getParent());
    }

    /** The files directly in it go last, as they say what it is. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) walk.sorted(DEEPEST_FIRST)::iterator) {
                Files.delete(path);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        force(directory.toAbsolutePath().getParent());
    }

    public static void force(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
