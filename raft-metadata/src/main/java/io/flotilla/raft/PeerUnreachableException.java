package io.flotilla.raft;

/** A call to another node did not get an answer. */
public final class PeerUnreachableException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean refused;

    /**
     * @param refused nothing listens at the peer's address, or it closed the connection: the process is gone, not slow
     */
    public PeerUnreachableException(String message, boolean refused) {
        super(message);
        this.refused = refused;
    }

    public boolean refused() {
        return refused;
    }
}
