package io.flotilla.cli.session;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the process finds around it.
 *
 * @param isOutTerminal stdout goes to a terminal
 * @param environment variables by name
 */
public record Surroundings(boolean isOutTerminal, Map<String, String> environment) {
    /** No terminal, no variables. */
    public static final Surroundings NONE = new Surroundings(false, Map.of());

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** A variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** Where this command keeps what its user has set; empty if the user has no home. */
    public Optional<Path> configDirectory() {
        return variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .or(() -> variable("HOME").map(home -> Path.of(home, ".config")))
                .map(directory -> directory.resolve("flotilla"));
    }
}
