package io.flotilla.cli.session;

import io.flotilla.cli.output.OutputFormat;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command has, before or behind its name. Set by the parser, then read. */
public final class GlobalOptions {
    @Option(
            names = {"-o", "--output"},
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "Form of the answer: table, wide, json, yaml, ndjson, tsv or name. Default: $FLOTILLA_OUTPUT,"
                    + " the profile's, or table")
    private OutputFormat format = OutputFormat.TABLE;

    /** Read before all other options: the profile has their defaults. */
    @Option(
            names = {"-p", "--profile"},
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "Profile to go by. Default: $FLOTILLA_PROFILE, or the one in use")
    private String profile = "";

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Say nothing on stderr but errors")
    private boolean quiet;

    @Option(
            names = {"-v", "--trace"},
            scope = ScopeType.INHERIT,
            description = "Say more on stderr, stack traces of errors too")
    private boolean trace;

    @Option(names = "--no-color", scope = ScopeType.INHERIT, description = "No colours, also with $NO_COLOR")
    private boolean colorless;

    /** The profile named on the command line; else empty. */
    public String profile() {
        return profile;
    }

    public OutputFormat format() {
        return format;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean trace() {
        return trace;
    }

    public boolean colorless() {
        return colorless;
    }
}
