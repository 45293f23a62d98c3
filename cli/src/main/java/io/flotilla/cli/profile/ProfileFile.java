package io.flotilla.cli.profile;

import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Surroundings;
import io.flotilla.cli.text.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a user's profiles are kept: {@code profiles.properties} in the user's configuration directory. */
public final class ProfileFile {
    private final @Nullable Path path;

    private ProfileFile(@Nullable Path path) {
        this.path = path;
    }

    public static ProfileFile of(Surroundings surroundings) {
        return new ProfileFile(surroundings
                .configDirectory()
                .map(directory -> directory.resolve("profiles.properties"))
                .orElse(null));
    }

    /**
     * What is kept; nothing if there is no file.
     *
     * @throws CommandFailure if the file cannot be read
     */
    public Profiles read() {
        Path file = path;
        if (file == null || !Files.exists(file)) {
            return Profiles.NONE;
        }
        try {
            return Profiles.parse(Files.readString(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(
                    Problem.usage(
                            "cannot read profiles", file + ": " + Words.reason(e), "correct the file, or delete it"),
                    e);
        }
    }

    /** Replaces the file as a whole. */
    void write(Profiles profiles) {
        Path file = Optional.ofNullable(path)
                .orElseThrow(() -> new CommandFailure(Problem.usage(
                        "cannot keep profiles", "there is no place for them", "set HOME or XDG_CONFIG_HOME")));
        try {
            Path directory =
                    Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
            Files.createDirectories(directory);
            Path beside = Files.createTempFile(directory, "profiles", ".new");
            Files.write(beside, profiles.toText().getBytes(StandardCharsets.UTF_8));
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandFailure(
                    new Problem(
                            ExitCode.FAILED,
                            "cannot keep profiles",
                            file + ": " + Words.reason(e),
                            "check the directory and who may write it",
                            "UNWRITABLE"),
                    e);
        }
    }
}
