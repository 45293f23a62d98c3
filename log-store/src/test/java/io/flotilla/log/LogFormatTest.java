package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.io.DiskFile;
import io.flotilla.log.io.FakeDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of files as they were released. They must be written like that, and be readable, for ever. */
class LogFormatTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path DIRECTORY = Path.of("/log");
    private static final Path SEGMENT = DIRECTORY.resolve("00000000000000001000.log");
    private static final Path INDEX = DIRECTORY.resolve("00000000000000001000.idx");
    private static final Path MARK = DIRECTORY.resolve("mark");
    private static final LogEnd ORIGIN = new LogEnd(1000, 76, 5);
    private static final int SLOT_BYTES = 92;

    private final FakeDisk disk = new FakeDisk(new SplittableRandom(1));
    private final LogConfig config =
            new LogConfig(1 << 20, LogConfig.DEFAULT.segmentSpan(), 1, LogConfig.DEFAULT.markInterval());
    private final LogStore store = LogFixture.store(disk, 0, new SimpleMeterRegistry(), new AtomicLong());

    @Test
    void readsTheHeaderOfTheGoldenFrame() throws IOException {
        byte[] frame = golden("frame.hex");

        assertThat(Frames.problemInHeader(frame, 0, frame.length)).isNull();
        assertThat(Frames.problemInBody(frame, 0, frame.length)).isNull();
        assertThat(BatchHeader.read(frame, 0))
                .isEqualTo(new BatchHeader(
                        72, 1000, 1003, 77, 5, 1_700_000_000_123L, 1_700_000_000_100L, 0x66e0d12c, false));
        assertThat(frame).hasSize(BatchHeader.read(frame, 0).frameBytes());
    }

    @Test
    void aLeaderMakesTheGoldenFrameOfItsBatch() throws Exception {
        byte[] golden = golden("frame.hex");
        byte[] body = Arrays.copyOfRange(golden, BatchHeader.HEADER_BYTES, golden.length);
        byte[] frame = TestFrames.unassigned(3, body, 1_700_000_000_123L, 1_700_000_000_100L);
        Log log = store.open(DIRECTORY, config, ORIGIN);

        log.append(77, 5, frame);

        assertThat(frame).isEqualTo(golden);
    }

    @Test
    void writesTheGoldenFiles() throws Exception {
        Log log = store.open(DIRECTORY, config, ORIGIN);

        log.append(77, 5, golden("frame.hex"));
        log.flush();
        log.append(79, 6, secondFrame());
        log.flush();
        log.confirmStored(80);
        log.close();

        assertThat(hex(disk.content(SEGMENT))).isEqualTo(hex(golden("segment.hex")));
        assertThat(hex(disk.content(INDEX))).isEqualTo(hex(golden("index.hex")));
        assertThat(hex(slots(disk.content(MARK)))).isEqualTo(hex(golden("mark.hex")));
    }

    @Test
    void readsTheGoldenFiles() throws Exception {
        disk.createDirectory(DIRECTORY);
        put(SEGMENT, golden("segment.hex"));
        put(INDEX, golden("index.hex"));
        put(MARK, markOf(golden("mark.hex")));

        Log log = store.open(DIRECTORY, config);

        assertThat(log.read(1000, 1004, 10_000).bytes()).isEqualTo(golden("segment.hex"));
        assertThat(log.end()).isEqualTo(new LogEnd(1004, 79, 6));
        assertThat(log.logStart()).isEqualTo(1000);
        assertThat(log.storedRaftIndex()).isEqualTo(80);
        assertThat(store.inspect(DIRECTORY).verify().problem()).isEmpty();
    }

    @Test
    void marksThatFilesBeforeTheLogStartAreKept() throws Exception {
        Log log = store.open(DIRECTORY, config, ORIGIN);
        log.append(77, 5, golden("frame.hex"));

        log.trimTo(1002);

        byte[] slots = slots(disk.content(MARK));
        ByteBuffer newest = IntStream.range(0, MarkFile.SLOTS)
                .mapToObj(slot -> ByteBuffer.wrap(slots, slot * SLOT_BYTES, SLOT_BYTES)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN))
                .max(Comparator.comparingLong(slot -> slot.getLong(8)))
                .orElseThrow();
        assertThat(newest.getLong(80)).as("kept from").isEqualTo(1000);
        assertThat(newest.getLong(64)).as("log start").isEqualTo(1002);
    }

    /** A frame of another term, as a follower gets it. */
    private static byte[] secondFrame() {
        byte[] body = "second".getBytes(StandardCharsets.US_ASCII);
        return TestFrames.frame(1003, 1, 79, 6, body, 1_700_000_000_200L, 1_700_000_000_050L);
    }

    private void put(Path path, byte[] content) throws IOException {
        try (DiskFile file = disk.create(path)) {
            file.write(0, List.of(ByteBuffer.wrap(content)));
        }
    }

    private static byte[] slots(byte[] mark) {
        ByteBuffer slots = ByteBuffer.allocate(MarkFile.SLOTS * SLOT_BYTES);
        for (int slot = 0; slot < MarkFile.SLOTS; slot++) {
            slots.put(mark, slot * MarkFile.SLOT_DISTANCE, SLOT_BYTES);
        }
        return slots.array();
    }

    private static byte[] markOf(byte[] slots) {
        ByteBuffer mark = ByteBuffer.allocate(MarkFile.SLOTS * MarkFile.SLOT_DISTANCE);
        for (int slot = 0; slot < MarkFile.SLOTS; slot++) {
            mark.position(slot * MarkFile.SLOT_DISTANCE).put(slots, slot * SLOT_BYTES, SLOT_BYTES);
        }
        return mark.array();
    }

    private static byte[] golden(String name) throws IOException {
        String text = Files.readString(GOLDEN.resolve(name)).replaceAll("#.*|\\s", "");
        return HexFormat.of().parseHex(text);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
