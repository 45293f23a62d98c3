package io.flotilla.broker.config;

import java.util.List;

/** A broker cannot start with the settings it was given. The message names every one that is wrong, a line each. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
    }

    ConfigException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
