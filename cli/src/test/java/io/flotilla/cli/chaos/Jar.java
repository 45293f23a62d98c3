package io.flotilla.cli.chaos;

import java.nio.file.Files;
import java.nio.file.Path;

/** The jar under test. */
final class Jar {
    private Jar() {}

    static Path path() {
        Path jar = Path.of("target", "flotilla.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new AssertionError("there is no %s; run this in the module cli, after package".formatted(jar));
        }
        return jar;
    }
}
