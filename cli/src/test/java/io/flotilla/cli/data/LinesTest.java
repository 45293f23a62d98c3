package io.flotilla.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
    @Test
    void takesAwayLineFeedsAndNothingElse() throws IOException {
        assertThat(read("a\r\nb\n\n c ".getBytes(StandardCharsets.UTF_8)))
                .containsExactly(text("a\r"), text("b"), text(""), text(" c "));
    }

    @Test
    void hasNoLineBehindTheLastLineFeed() throws IOException {
        assertThat(read("a\n".getBytes(StandardCharsets.UTF_8))).containsExactly(text("a"));
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read("\n".getBytes(StandardCharsets.UTF_8))).containsExactly(text(""));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void givesBackAnyBytesAcrossBufferBoundaries(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[300_000];
        random.nextBytes(bytes);
        bytes[bytes.length - 1] = '\n';
        ByteArrayOutputStream again = new ByteArrayOutputStream();

        for (ByteString line : read(bytes)) {
            line.writeTo(again);
            again.write('\n');
        }

        assertThat(again.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void readsALineLongerThanItsBuffer() throws IOException {
        assertThat(read("x".repeat(200_000).getBytes(StandardCharsets.UTF_8)))
                .containsExactly(text("x".repeat(200_000)));
    }

    private static List<ByteString> read(byte[] bytes) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(bytes));
        List<ByteString> all = new ArrayList<>();
        for (ByteString line = lines.next(); line != null; line = lines.next()) {
            all.add(line);
        }
        return all;
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
