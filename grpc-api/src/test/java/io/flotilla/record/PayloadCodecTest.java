package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.Seeds;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadCodecTest {
    @ParameterizedTest
    @EnumSource(PayloadCodec.class)
    void restoresWhatItCompressed(PayloadCodec codec) {
        RandomGenerator random = Seeds.random(7);
        for (int length : new int[] {1, 2, 100, 65_535, 65_536, 65_537, 1_000_000}) {
            byte[] original = new RandomRecords(random).bytes(length + 20).toByteArray();

            byte[] compressed = codec.compress(original, 10, length);
            byte[] shifted = RandomRecords.joined(new byte[3], compressed, new byte[5]);

            assertThat(codec.decompress(shifted, 3, compressed.length, length))
                    .isEqualTo(Arrays.copyOfRange(original, 10, 10 + length));
        }
    }

    @ParameterizedTest
    @CsvSource({"GZIP, 1f8b", "SNAPPY, ff060000734e61507059", "LZ4, 04224d18", "ZSTD, 28b52ffd"})
    void writesTheDocumentedFormat(PayloadCodec codec, String magic) {
        byte[] compressed = codec.compress(new byte[1000], 0, 1000);

        assertThat(HexFormat.of().formatHex(compressed)).startsWith(magic);
    }

    @ParameterizedTest
    @EnumSource(PayloadCodec.class)
    void refusesMoreOrFewerBytesThanDeclared(PayloadCodec codec) {
        byte[] compressed = codec.compress(new byte[5000], 0, 5000);

        for (int declared : new int[] {0, 1, 4999, 5001, 100_000}) {
            assertThatThrownBy(() -> codec.decompress(compressed, 0, compressed.length, declared))
                    .as("declared %d", declared)
                    .isInstanceOfSatisfying(
                            FormatException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH));
        }
    }

    @Test
    void refusesABombBeforeItGrows() {
        byte[] bomb = PayloadCodec.ZSTD.compress(new byte[200 << 20], 0, 200 << 20);

        assertThatThrownBy(() -> PayloadCodec.ZSTD.decompress(bomb, 0, bomb.length, 200 << 20))
                .hasMessageContaining("must be 0 to 67108864");
        assertThatThrownBy(() -> PayloadCodec.ZSTD.decompress(bomb, 0, bomb.length, 1000))
                .isInstanceOf(FormatException.class);
    }

    @ParameterizedTest
    @EnumSource(value = PayloadCodec.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void survivesDamagedInput(PayloadCodec codec) {
        RandomRecords random = new RandomRecords(Seeds.random(11));
        byte[] original = random.bytes(3000).toByteArray();
        byte[] compressed = codec.compress(original, 0, original.length);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] damaged = random.mutated(compressed);
            try {
                assertThat(codec.decompress(damaged, 0, damaged.length, original.length))
                        .hasSize(original.length);
            } catch (FormatException expected) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void knowsEveryCodecOfTheApi() {
        for (Compression compression : Compression.values()) {
            if (compression != Compression.UNRECOGNIZED && compression != Compression.COMPRESSION_UNSPECIFIED) {
                assertThat(PayloadCodec.of(compression).compression()).isEqualTo(compression);
            }
        }
        assertThat(PayloadCodec.of(Compression.COMPRESSION_UNSPECIFIED)).isEqualTo(PayloadCodec.NONE);
    }
}
