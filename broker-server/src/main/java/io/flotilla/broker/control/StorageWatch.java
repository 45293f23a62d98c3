package io.flotilla.broker.control;

import io.flotilla.broker.storage.DataDirectory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the free space of the data directory. Below the limit the broker refuses writes, while there is still room
 * for what has been accepted and for the metadata. Checked on the control loop, read by any thread.
 */
public final class StorageWatch {
    private static final Logger log = LoggerFactory.getLogger(StorageWatch.class);

    private final DataDirectory directory;
    private final long minFreeBytes;
    private volatile boolean full;
    private volatile long freeBytes = Long.MAX_VALUE;

    public StorageWatch(DataDirectory directory, long minFreeBytes) {
        this.directory = directory;
        this.minFreeBytes = minFreeBytes;
    }

    public void check() {
        try {
            freeBytes = directory.freeBytes();
        } catch (IOException e) {
            log.warn("free space cannot be determined directory={}", directory.root(), e);
            return;
        }
        boolean now = freeBytes < minFreeBytes;
        if (now != full) {
            full = now;
            log.warn(
                    now
                            ? "disk is nearly full, writes are refused free={} least={}"
                            : "writes are taken again free={} least={}",
                    freeBytes,
                    minFreeBytes);
        }
    }

    /** Whether writes are to be refused. */
    public boolean full() {
        return full;
    }

    /** As of the last check. */
    public long freeBytes() {
        return freeBytes;
    }

    public long minFreeBytes() {
        return minFreeBytes;
    }
}
