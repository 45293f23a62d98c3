package io.flotilla.cli;

import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Durations;
import io.flotilla.cli.text.Place;
import io.flotilla.cli.text.Positions;
import io.flotilla.cli.text.Sizes;
import io.flotilla.client.Endpoint;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.Position;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The command line as a parser: what it accepts, how it makes commands, how its help looks. */
final class Parser {
    private Parser() {}

    /**
     * A parser for these arguments, or for any if there are none.
     *
     * @param defaults of options that are not given
     */
    static CommandLine of(Session session, IDefaultValueProvider defaults, String... args) {
        Positions positions = new Positions(session.clock(), ZoneId.systemDefault());
        CommandLine parser = new CommandLine(new RootCommand(session), new Commands(session));
        RootCommand.commandsFor(args).forEach(parser::addSubcommand);
        parser.setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // "@" begins a point in time
                .setUsageHelpAutoWidth(true)
                .setOut(new PrintWriter(session.out(), true, StandardCharsets.UTF_8))
                .registerConverter(Duration.class, converter(Durations::parse))
                .registerConverter(Endpoint.class, converter(Endpoint::parse))
                .registerConverter(TopicPartition.class, converter(Place::parsePartition))
                .registerConverter(Place.class, converter(Place::parse))
                .registerConverter(Sizes.Size.class, converter(Sizes.Size::parse))
                .registerConverter(Position.class, converter(positions::parse))
                .registerConverter(Positions.Moment.class, converter(positions::parseMoment))
                .setDefaultValueProvider(defaults);
        parser.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
        return parser;
    }

    static CommandLine.Help.ColorScheme colors(boolean colorless) {
        return CommandLine.Help.defaultColorScheme(colorless ? Ansi.OFF : Ansi.AUTO);
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        Arrays.stream(ExitCode.values()).forEach(exit -> codes.put(Integer.toString(exit.code()), exit.meaning()));
        return codes;
    }

    private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    /** Makes commands around the session, and everything else as Picocli does. */
    private record Commands(Session session) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {Session.class})) {
                    constructor.setAccessible(true);
                    return type.cast(constructor.newInstance(session));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
