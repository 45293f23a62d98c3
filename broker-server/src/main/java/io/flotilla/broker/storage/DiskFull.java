package io.flotilla.broker.storage;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells failures for want of disk space from others: what they have broken can be opened again once there is some. */
public final class DiskFull {
    /** As the C library says it; Java has no type for it. */
    private static final Set<String> WORDS = Set.of("No space left on device", "Disk quota exceeded");

    private DiskFull() {}

    public static boolean isCauseOf(@Nullable Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (WORDS.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }
}
