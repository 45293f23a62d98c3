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
            defaultValue = "${env:FLOTILLA_OUTPUT:-table}",
            description =
                    "Form of the answer: table, wide, json, yaml, ndjson or name. Default: $FLOTILLA_OUTPUT or table")
    private OutputFormat format = OutputFormat.TABLE;

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
