package io.flotilla.broker.storage;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A small text file of {@code key=value} lines, replaced as a whole: after a crash the old or the new one is there. */
final class PropertiesFile {
    private final Path path;

    PropertiesFile(Path path) {
        this.path = path;
    }

    boolean exists() {
        return Files.exists(path);
    }

    /**
     * Reads all of it.
     *
     * @throws IllegalArgumentException if it was cut, or has no valid escapes
     */
    Map<String, String> read() throws IOException {
        String text = Files.readString(path);
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("it does not end with a line end, so the rest of it is missing");
        }
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    void replace(Map<String, String> values) throws IOException {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values)
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        Path next = path.resolveSibling(path.getFileName() + ".next");
        try (FileChannel file = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Directories.force(path.toAbsolutePath().getParent());
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
