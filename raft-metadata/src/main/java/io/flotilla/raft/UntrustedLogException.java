package io.flotilla.raft;

/**
 * What this node has on disk for a group is less than it once vouched for, or damaged. The member must neither vote nor
 * serve; it is rebuilt from its peers.
 */
public final class UntrustedLogException extends Exception {
    private static final long serialVersionUID = 1;

    public UntrustedLogException(String message) {
        super(message);
    }

    public UntrustedLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
