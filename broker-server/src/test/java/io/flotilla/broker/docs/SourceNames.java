package io.flotilla.broker.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The types of all modules, hand-written ones and those of the protos, with the text of the files they are in. */
record SourceNames(Map<String, String> sources) {
    private static final Pattern JAVA = Pattern.compile("\\b(?:class|record|enum|interface|@interface)\\s+([A-Z]\\w*)");
    private static final Pattern PROTO = Pattern.compile("\\b(?:message|enum|service|rpc)\\s+([A-Z]\\w*)");

    static SourceNames read(Path root) {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(root)) {
            modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .forEach(src -> readAll(src, sources));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SourceNames(sources);
    }

    private static void readAll(Path src, Map<String, String> sources) {
        try (Stream<Path> files = Files.walk(src)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.toString();
                if (name.endsWith(".java") || name.endsWith(".proto")) {
                    String text = Files.readString(file);
                    Matcher type = (name.endsWith(".java") ? JAVA : PROTO).matcher(text);
                    while (type.find()) {
                        sources.merge(type.group(1), text, String::concat);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasType(String name) {
        return sources.containsKey(name);
    }

    /** Whether the type has a method or a field with this name. */
    boolean hasMember(String type, String member) {
        return Pattern.compile("\\b%s\\b".formatted(member))
                .matcher(sources.getOrDefault(type, ""))
                .find();
    }
}
