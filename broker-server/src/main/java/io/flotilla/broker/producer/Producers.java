package io.flotilla.broker.producer;

import io.flotilla.log.CorruptLogException;
import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import io.flotilla.record.BatchFrames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's {@link ProducerTable} from one start to the next: made from the file that was kept of it and the part of
 * the log that came after, and kept again whenever enough was committed, so that little has to be read. Without the file
 * all of the log is.
 *
 * <p>Owner: whoever opens the log, and then whoever calls {@link #keep}; one at a time.
 */
public final class Producers {
    /** Bytes of the log that may have to be read at a start. */
    static final long KEEP_EVERY_BYTES = 16 << 20;

    private static final Logger log = LoggerFactory.getLogger(Producers.class);
    private static final int READ_BYTES = 1 << 20;

    private final ProducerTable table = new ProducerTable();
    private final ProducerFile file;
    private final ReentrantLock keeping = new ReentrantLock();
    private volatile long keptOffset; // written under keeping
    private volatile long sizeWhenKept;

    private Producers(Path path) {
        this.file = new ProducerFile(path);
    }

    /**
     * What {@code of} and the file at {@code path} tell; there need not be one.
     *
     * @throws CorruptLogException if the file is not good and the log was compacted, so that nobody knows
     * @throws LogException if the log cannot be read
     */
    public static Producers open(Path path, Log of) throws LogException {
        Producers producers = new Producers(path);
        long from = of.logStart();
        Optional<ProducerSnapshot> kept = producers.file.read();
        if (kept.isPresent() && isOf(kept.get(), of)) {
            producers.table.restore(kept.get());
            from = kept.get().endOffset();
        }
        if (from < of.rewrittenEnd()) {
            throw new CorruptLogException(
                    path, 0, "what the log tells of producers was compacted, and the file of them is not good");
        }
        producers.keptOffset = from;
        producers.readFrom(from, of);
        return producers;
    }

    /** A file of another log may lie there: one that was set aside, or was cut since, which a power loss can bring back. */
    private static boolean isOf(ProducerSnapshot kept, Log of) throws LogException {
        long end = kept.endOffset();
        boolean within = end > of.logStart() || end == of.logEnd();
        return within && end <= of.logEnd() && termBefore(end, of) == kept.leaderEpoch();
    }

    /** The term of the batch that ends at {@code end}, which may be trimmed if nothing comes behind it. */
    private static int termBefore(long end, Log of) throws LogException {
        LogEnd last = of.end();
        return end == last.offset() ? last.term() : of.termAt(end - 1);
    }

    /** Puts the file of another replica, as that one kept it, in place of the one at {@code path}; none if it is empty. */
    public static void replace(Path path, byte[] file) throws IOException {
        if (file.length > 0) {
            new ProducerFile(path).replace(file);
        }
    }

    private void readFrom(long from, Log of) throws LogException {
        long end = of.logEnd();
        long at = from;
        while (at < end) {
            LogSlice slice = of.read(at, end, READ_BYTES);
            byte[] bytes = slice.bytes();
            table.written(new BatchFrames(bytes, 0, bytes.length));
            at = slice.nextOffset();
        }
        if (end - from > 0) {
            log.debug("producers read from the log file={} from={} to={}", file, from, end);
        }
    }

    public ProducerTable table() {
        return table;
    }

    /** Whether so much was written since the table was last kept that it should be now. */
    public boolean shouldBeKept(long logSizeBytes) {
        return logSizeBytes - sizeWhenKept >= KEEP_EVERY_BYTES;
    }

    /** Up to this offset of the log, the file tells all of producers. */
    public long keptOffset() {
        return keptOffset;
    }

    /** Up to where the log is committed. */
    public interface Committed {
        long offset() throws LogException;
    }

    /** Keeps what is committed of {@code of}, if that is more than what is kept; blocks for the disk. */
    public void keep(Log of, Committed committed) {
        keeping.lock();
        try {
            sizeWhenKept = of.sizeBytes();
            long end = committed.offset();
            boolean isTrimmed = end <= of.logStart() && end < of.logEnd(); // what came last before it is hidden
            if (end > keptOffset && !isTrimmed) {
                file.replace(table.snapshot(end, termBefore(end, of)));
                keptOffset = end;
            }
        } catch (LogException | IOException e) {
            log.warn("producers could not be kept; the next start reads more of the log file={}", file, e);
        } finally {
            keeping.unlock();
        }
    }
}
