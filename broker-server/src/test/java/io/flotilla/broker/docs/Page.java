package io.flotilla.broker.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One page of the documentation. */
record Page(Path path, String text) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    /** The read-me and everything below {@code docs}. */
    static List<Page> all(Path root) throws IOException {
        List<Page> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(root);
                Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .forEach(path -> pages.add(read(path)));
        }
        return pages;
    }

    private static Page read(Path path) {
        try {
            return new Page(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isGenerated() {
        return text.contains("*Generated from ");
    }

    /** What stands in backquotes, outside blocks of code. */
    List<String> code() {
        return CODE.matcher(BLOCK.matcher(text).replaceAll(""))
                .results()
                .map(code -> code.group(1))
                .toList();
    }

    /** Where links lead, but for those to other sites. */
    List<String> links() {
        return LINK.matcher(BLOCK.matcher(text).replaceAll(""))
                .results()
                .map((MatchResult link) -> link.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
    }

    /** Whether the file is there, and in it the heading, if one is meant. */
    boolean resolves(String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? path : path.resolveSibling(parts[0]);
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length < 2
                || HEADING.matcher(read(target).text())
                        .results()
                        .anyMatch(heading -> anchor(heading.group(1)).equals(parts[1]));
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{Alnum} _-]", "")
                .strip()
                .replace(' ', '-');
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
