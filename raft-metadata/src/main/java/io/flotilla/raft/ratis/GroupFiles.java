package io.flotilla.raft.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Whole directories of groups, moved or deleted so that a power loss does not bring them back. */
final class GroupFiles {
    private GroupFiles() {}

    static void move(Path directory, Path to) throws IOException {
        if (Files.exists(directory)) {
            Files.move(directory, to, StandardCopyOption.ATOMIC_MOVE);
            DirectoryForce.parentOf(directory);
            DirectoryForce.parentOf(to);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) walk.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
            DirectoryForce.parentOf(directory);
        } catch (java.nio.file.NoSuchFileException e) {
            // there is nothing to delete
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be deleted".formatted(directory), e);
        }
    }
}
