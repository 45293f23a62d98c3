package io.flotilla.metadata.quorum;

/** The metadata group could not take a command: it has no leader that can be reached, or no majority. */
public final class MetadataUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean ambiguous;

    /** @param ambiguous the command was proposed and may still take effect */
    public MetadataUnavailableException(String message, boolean ambiguous) {
        super(message);
        this.ambiguous = ambiguous;
    }

    public boolean ambiguous() {
        return ambiguous;
    }
}
