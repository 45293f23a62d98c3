package io.flotilla.cli;

import io.flotilla.broker.version.BrokerVersion;
import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.Session;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code flotilla version}. */
@Command(
        name = "version",
        description = "Show the version of this command and of its Java",
        footer = {"", "Example:", "  flotilla version -o json"})
final class VersionCommand implements Runnable, IVersionProvider {
    private static final Card CARD = new Card(Column.of("FLOTILLA", "version"), Column.of("JAVA", "java"));

    private final Session session;

    VersionCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        Value.Fields version = Value.Fields.with("version", BrokerVersion.VERSION)
                .and("java", Runtime.version().toString())
                .build();
        session.show(Answer.of("Version", List.of(version), CARD));
    }

    @Override
    public String[] getVersion() {
        return new String[] {"flotilla " + BrokerVersion.VERSION};
    }
}
