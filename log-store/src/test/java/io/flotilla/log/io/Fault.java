package io.flotilla.log.io;

/** How a call to a {@link FakeDisk} goes wrong. */
public enum Fault {
    /** It does not. */
    NONE,
    /**
     * EIO. A write gets part of the way. After a force nothing that was dirty is durable for sure, yet it counts as clean:
     * the next force succeeds without it.
     */
    INPUT_OUTPUT,
    /** ENOSPC. A write gets part of the way. */
    NO_SPACE;

    /** Decides, before each call, how it goes. May also throw something of its own, to stop the caller right there. */
    @FunctionalInterface
    public interface Plan {
        Fault before(DiskCall call);
    }
}
