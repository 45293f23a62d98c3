package io.flotilla.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the {@code @param} lines of records say, read from the sources of the module under test. */
public final class ComponentDocs {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern PARAM = Pattern.compile("@param (\\w+) (.*?)(?=@param|\\z)", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("\\{@code ([^}]*)}");

    private final Map<Class<?>, Map<String, String>> ofRecords = new HashMap<>();

    /** Plain text in one line, code in backquotes; fails if there is none. */
    public String of(RecordComponent component) {
        Class<?> type = component.getDeclaringRecord();
        String text = ofRecords.computeIfAbsent(type, ComponentDocs::read).get(component.getName());
        if (text == null) {
            throw new AssertionError("%s has no @param %s".formatted(type.getSimpleName(), component.getName()));
        }
        return text;
    }

    private static Map<String, String> read(Class<?> type) {
        String source;
        try {
            source = Files.readString(SOURCES.resolve(type.getName().replace('.', '/') + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String head = source.substring(0, source.indexOf("public record " + type.getSimpleName()));
        String comment =
                head.substring(head.lastIndexOf("/**"), head.lastIndexOf("*/")).replaceAll("\\s*\n \\*\\s*", " ");
        Map<String, String> docs = new HashMap<>();
        Matcher param = PARAM.matcher(comment);
        while (param.find()) {
            docs.put(param.group(1), CODE.matcher(param.group(2).strip()).replaceAll("`$1`"));
        }
        return docs;
    }
}
