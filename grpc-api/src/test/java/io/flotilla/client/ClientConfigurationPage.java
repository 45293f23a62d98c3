package io.flotilla.client;

import io.flotilla.text.ComponentDocs;
import java.util.List;

/** Writes down all settings of the client that can be given as strings. */
final class ClientConfigurationPage {
    private static final String INTRODUCTION = """
            # Configuration of the Java client

            *Generated from the sources; do not edit. `mvn -pl grpc-api test -Dtest=ClientConfigurationPageTest
            -Dupdate.docs=true` writes it anew.*

            What `ClientConfig`, `ProducerConfig` and `ConsumerConfig` hold can be given by methods, and as strings: `ClientConfig.from`,
            `ProducerConfig.from` and `ConsumerConfig.from` each take a map of keys and strings, of a properties file for example, use
            what is in their section and skip the other sections. A key that does not exist, and a value that is not understood, are
            refused. Bytes are plain numbers or end in `KiB`, `MiB`, `GiB` or `TiB`; durations end in `ms`, `s`, `m`, `h` or `d`;
            lists are separated by commas.
            """;

    private final ComponentDocs docs = new ComponentDocs();

    String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        section(page, "client", ClientConfig.keys().keys());
        section(page, "producer", ProducerConfig.keys().keys());
        section(page, "consumer", ConsumerConfig.keys().keys());
        return page.toString();
    }

    private void section(StringBuilder page, String name, List<ConfigKeys.Key> keys) {
        page.append("\n## `%s`\n\n| key | type | default | what it is |\n|---|---|---|---|\n".formatted(name));
        for (ConfigKeys.Key key : keys) {
            String byDefault = key.byDefault().map(key.format()::write).orElse("must be set");
            page.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            key.name(),
                            key.format().type(),
                            byDefault.isEmpty() || byDefault.equals("must be set") ? byDefault : "`" + byDefault + "`",
                            docs.of(key.component())));
        }
    }
}
