package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFullTest {
    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Disk quota exceeded"})
    void isFoundBehindOtherFailures(String words) {
        assertThat(DiskFull.isCauseOf(new IOException(words))).isTrue();
        assertThat(DiskFull.isCauseOf(
                        new IllegalStateException(new UncheckedIOException(new FileSystemException("a", null, words)))))
                .isTrue();
    }

    @Test
    void otherFailuresAreOthers() {
        assertThat(DiskFull.isCauseOf(null)).isFalse();
        assertThat(DiskFull.isCauseOf(new IOException("Input/output error"))).isFalse();
        assertThat(DiskFull.isCauseOf(new IOException())).isFalse();
    }
}
