package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The file {@code compaction}: a {@link CompactionMark}, replaced as a whole. A log that was never compacted has none.
 *
 * <pre>
 *   at  width  meaning, little endian
 *    0      4  "FCM1"
 *    4      4  n: number of passes
 *    8      8  clean end
 *   16      8  rewritten end
 *   24      8  exchange: base; -1 for none
 *   32      8  exchange: end offset
 *   40  16 n   passes: end offset and time of each
 *    -      4  CRC-32C of all bytes before
 * </pre>
 */
final class CompactionFile {
    static final String NAME = "compaction";
    static final String NEW_NAME = "compaction.new";
    private static final int MAGIC = 0x314D4346;
    private static final int FIXED_BYTES = 40;
    private static final int PASS_BYTES = 16;
    private static final int CRC_BYTES = 4;
    private static final long NO_EXCHANGE = -1;

    private CompactionFile() {}

    static CompactionMark read(Disk disk, Path directory) throws IOException, CorruptLogException {
        Path path = directory.resolve(NAME);
        byte[] bytes;
        try (DiskFile file = disk.openToRead(path)) {
            bytes = new byte[(int) Math.min(file.size(), FIXED_BYTES + PASS_BYTES * 1024L)];
            file.read(0, bytes, 0, bytes.length);
        } catch (NoSuchFileException e) {
            return CompactionMark.NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < FIXED_BYTES + CRC_BYTES
                || in.getInt(bytes.length - CRC_BYTES) != crc(bytes)
                || in.getInt() != MAGIC
                || in.getInt() * (long) PASS_BYTES != bytes.length - FIXED_BYTES - CRC_BYTES) {
            throw new CorruptLogException(path, 0, "it is damaged");
        }
        long cleanEnd = in.getLong();
        long rewrittenEnd = in.getLong();
        long base = in.getLong();
        long endOffset = in.getLong();
        List<CompactionMark.Pass> passes = new ArrayList<>();
        while (in.remaining() > CRC_BYTES) {
            passes.add(new CompactionMark.Pass(in.getLong(), in.getLong()));
        }
        return new CompactionMark(
                cleanEnd,
                rewrittenEnd,
                passes,
                base == NO_EXCHANGE ? null : new CompactionMark.Exchange(base, endOffset));
    }

    /** Durable on return; a crash leaves what was there before. */
    static void replace(Disk disk, Path directory, CompactionMark mark) throws IOException {
        Path unfinished = directory.resolve(NEW_NAME);
        disk.delete(unfinished);
        try (DiskFile file = disk.create(unfinished)) {
            file.write(0, List.of(ByteBuffer.wrap(encode(mark))));
            file.force();
        }
        disk.rename(unfinished, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    private static byte[] encode(CompactionMark mark) {
        CompactionMark.Exchange exchange = mark.exchange();
        byte[] bytes = new byte[FIXED_BYTES + PASS_BYTES * mark.passes().size() + CRC_BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(mark.passes().size());
        out.putLong(mark.cleanEnd()).putLong(mark.rewrittenEnd());
        out.putLong(exchange == null ? NO_EXCHANGE : exchange.base());
        out.putLong(exchange == null ? 0 : exchange.endOffset());
        for (CompactionMark.Pass pass : mark.passes()) {
            out.putLong(pass.endOffset()).putLong(pass.atMs());
        }
        out.putInt(crc(bytes));
        return bytes;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - CRC_BYTES);
        return (int) crc.getValue();
    }
}
