package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.io.FakeDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damages each byte of each file of a killed log in several ways. Whatever it is: the log refuses to open, or a read
 * refuses, or everything is right. Never a wrong byte, never a flushed batch silently gone.
 */
class LogDamageTest {
    private final LogFixture fixture;

    LogDamageTest() throws Exception {
        fixture = new LogFixture(0);
    }

    enum Damage {
        FLIP_A_BIT {
            @Override
            byte[] to(byte[] content, int at) {
                content[at] ^= (byte) (1 << at % 8);
                return content;
            }
        },
        ZERO_16_BYTES {
            @Override
            byte[] to(byte[] content, int at) {
                Arrays.fill(content, at, Math.min(content.length, at + 16), (byte) 0);
                return content;
            }
        },
        CUT {
            @Override
            byte[] to(byte[] content, int at) {
                return Arrays.copyOf(content, at);
            }
        },
        TAKE_OUT_16_BYTES {
            @Override
            byte[] to(byte[] content, int at) {
                int behind = Math.min(content.length, at + 16);
                byte[] shorter = Arrays.copyOf(content, content.length - (behind - at));
                System.arraycopy(content, behind, shorter, at, content.length - behind);
                return shorter;
            }
        },
        APPEND_RUBBISH {
            @Override
            byte[] to(byte[] content, int at) {
                byte[] longer = Arrays.copyOf(content, content.length + 1 + at % 200);
                Arrays.fill(longer, content.length, longer.length, (byte) at);
                return longer;
            }
        };

        abstract byte[] to(byte[] content, int at);
    }

    @BeforeEach
    void writeAFewSegmentsAndKillTheProcess() throws Exception {
        for (int i = 0; i < 14; i++) {
            fixture.append(i, i / 4);
            fixture.log.flush();
            fixture.log.confirmStored(i);
        }
        fixture.log.trimTo(11);
        fixture.log.reclaim(Long.MAX_VALUE);
        fixture.model = fixture.model.trimmedTo(11);
        fixture.append(20, 5);
        fixture.log.flush();
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void neverReturnsAWrongByteNorLosesOneSilently(Damage damage) throws Exception {
        int refused = 0;
        int right = 0;
        for (String name : fixture.files("")) {
            byte[] content = fixture.disk.content(LogFixture.file(name));
            for (int at : placesIn(content.length)) {
                FakeDisk damaged = fixture.disk.afterKill(fixture.random);
                damaged.damage(LogFixture.file(name), bytes -> damage.to(bytes, at));
                if (isRight("%s at %d of %s".formatted(damage, at, name), damaged, name)) {
                    right++;
                } else {
                    refused++;
                }
            }
        }
        System.out.printf(Locale.ROOT, "damage %s: %,d refused, %,d harmless%n", damage, refused, right);
        assertThat(right).isGreaterThan(200);
        assertThat(refused).isGreaterThan(damage == Damage.APPEND_RUBBISH ? 500 : 1500);
    }

    /** All of a segment or an index; of the mark, its slots and a little between them. */
    private static int[] placesIn(int size) {
        boolean isMark = size == MarkFile.SLOTS * MarkFile.SLOT_DISTANCE;
        return IntStream.range(0, size)
                .filter(at -> !isMark || at % MarkFile.SLOT_DISTANCE < 100)
                .toArray();
    }

    /** Whether the log answers like the model; if not, it must have refused. */
    private boolean isRight(String what, FakeDisk damaged, String name) throws Exception {
        try {
            Log log = LogFixture.open(damaged);
            try {
                LogCheck.answersLike(fixture.model, log, fixture.random);
                return true;
            } catch (CorruptBatchException e) {
                assertThat(log.failure()).isPresent();
                assertThat(name).endsWith(".log");
                return false;
            }
        } catch (CorruptLogException e) {
            assertThat(name).doesNotEndWith(".idx");
            return false;
        } catch (LogException | AssertionError e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void buildsEveryIndexAgainThatIsMissing() throws Exception {
        for (String name : fixture.files(".idx")) {
            fixture.disk.delete(LogFixture.file(name));
        }

        Log log = LogFixture.open(fixture.disk);

        LogCheck.answersLike(fixture.model, log, fixture.random);
        log.close();
        assertThat(fixture.files(".idx")).hasSameSizeAs(fixture.files(".log"));
        assertThat(fixture.store.inspect(LogFixture.DIRECTORY).verify().problem())
                .isEmpty();
    }

    @Test
    void refusesToOpenWithoutTheMark() throws Exception {
        fixture.disk.delete(LogFixture.file("mark"));

        assertThatThrownBy(() -> LogFixture.open(fixture.disk))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("the mark is gone");
    }

    @Test
    void refusesToOpenWithoutAnyOneSegment() throws Exception {
        for (String name : fixture.files(".log")) {
            FakeDisk copy = fixture.disk.afterKill(fixture.random);
            copy.delete(LogFixture.file(name));

            assertThatThrownBy(() -> LogFixture.open(copy))
                    .describedAs(name)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("set the directory aside");
        }
    }

    @Test
    void changesNothingWhenItRefusesToOpen() throws Exception {
        Path newest = newestSegment();
        fixture.disk.damage(newest, content -> Arrays.copyOf(content, content.length - 1));
        FakeDisk before = fixture.disk.afterKill(fixture.random);

        assertThatThrownBy(() -> LogFixture.open(fixture.disk)).isInstanceOf(CorruptLogException.class);

        assertThat(fixture.disk.list(LogFixture.DIRECTORY)).isEqualTo(before.list(LogFixture.DIRECTORY));
        for (String name : fixture.files("")) {
            assertThat(fixture.disk.content(LogFixture.file(name))).isEqualTo(before.content(LogFixture.file(name)));
        }
    }

    @Test
    void cutsATornTailBehindTheMarkAndNothingElse() throws Exception {
        Path newest = newestSegment();
        byte[] content = fixture.disk.content(newest);
        ModelFrame next = new ModelFrame(fixture.model.end().offset(), 1, 100, 9, fixture.body(), 5000, 5000);
        for (int length = 1; length < next.bytes.length; length++) {
            byte[] tail = Arrays.copyOf(next.bytes, length);
            FakeDisk torn = fixture.disk.afterKill(fixture.random);
            torn.damage(newest, bytes -> TestFrames.joined(bytes, tail));

            Log log = LogFixture.open(torn);

            LogCheck.answersLike(fixture.model, log, fixture.random);
            assertThat(torn.content(newest)).isEqualTo(content);
        }
    }

    private Path newestSegment() throws IOException {
        List<String> segments = fixture.files(".log");
        return LogFixture.file(segments.get(segments.size() - 1));
    }
}
