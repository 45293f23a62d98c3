package io.flotilla.metadata;

/**
 * Stored metadata cannot be understood: damaged, or written by newer software. To go on would be to diverge from the
 * other brokers, so whoever reads it stops.
 */
public final class UnreadableMetadataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableMetadataException(String message, Throwable cause) {
        super(message, cause);
    }
}
