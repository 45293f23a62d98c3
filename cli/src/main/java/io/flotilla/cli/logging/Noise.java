package io.flotilla.cli.logging;

import ch.qos.logback.classic.Level;
import java.util.Map;

/** Loggers of libraries that report as trouble what is everyday life here, and the least level worth showing. */
final class Noise {
    static final Map<String, Level> LOGGERS = Map.of();

    private Noise() {}
}
