package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ProtoArchiveTest {
    private static final Path SOURCES = Path.of("../grpc-api/src/main/proto");

    @Test
    void holdsEachFileOfThePublicApiAsItIs() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES.resolve("flotilla/v1"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                expected.put(SOURCES.relativize(file).toString(), Files.readString(file));
            }
        }

        Map<String, String> actual = unzip(ProtoArchive.zip());

        assertThat(actual).isEqualTo(expected).isNotEmpty();
    }

    @Test
    void isTheSameEachTime() {
        assertThat(ProtoArchive.zip()).isEqualTo(ProtoArchive.zip());
    }

    private static Map<String, String> unzip(byte[] bytes) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }
}
