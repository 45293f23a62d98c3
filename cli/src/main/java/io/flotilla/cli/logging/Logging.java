package io.flotilla.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The loggers of this process, on stderr. */
public final class Logging {
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0} - %msg";
    private static final String OURS = LINE + "%n%ex";
    private static final String THEIRS = LINE + "%n%nopex"; // their stack traces tell of peers that are down

    private Logging() {}

    /** For clients: what matters reaches the user as the command's answer. */
    public static void silent() {
        LogManager.getLogManager().reset();
    }

    /** For clients that were asked to say more. */
    public static void verbose() {
        Logger root = bridged();
        root.addAppender(stderr(root.getLoggerContext(), OURS));
        root.setLevel(Level.INFO);
    }

    /** For brokers. */
    public static void server(LogLevel level) {
        Logger root = bridged();
        LoggerContext loggers = root.getLoggerContext();
        Logger ours = loggers.getLogger("io.flotilla");
        ours.setLevel(Level.toLevel(level.name()));
        ours.addAppender(stderr(loggers, OURS));
        ours.setAdditive(false);
        boolean all = level == LogLevel.DEBUG || level == LogLevel.TRACE;
        root.addAppender(stderr(loggers, all ? OURS : THEIRS));
        root.setLevel(level == LogLevel.TRACE ? Level.INFO : Level.WARN);
        if (!all) {
            Noise.LOGGERS.forEach((name, least) -> loggers.getLogger(name).setLevel(least));
        }
    }

    private static Logger bridged() {
        LogManager.getLogManager().reset();
        SLF4JBridgeHandler.install();
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static Appender<ILoggingEvent> stderr(LoggerContext loggers, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setPattern(pattern);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(loggers);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
