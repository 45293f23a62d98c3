package io.flotilla.broker.partition;

/**
 * What this broker's replica of a partition does.
 *
 * <pre>
 *   OPENING --&gt; SERVING --(disk or log fails)--&gt; FAILED
 *      |
 *      +--(files cannot be trusted)--&gt; QUARANTINED --&gt; REBUILDING --&gt; SERVING
 * </pre>
 *
 * @param reason why it is failed, quarantined or rebuilding; empty otherwise
 */
public record ReplicaState(Kind kind, String reason) {
    public static final ReplicaState OPENING = new ReplicaState(Kind.OPENING, "");
    public static final ReplicaState SERVING = new ReplicaState(Kind.SERVING, "");

    /** The states. */
    public enum Kind {
        OPENING,
        SERVING,
        FAILED,
        QUARANTINED,
        REBUILDING
    }

    public static ReplicaState failed(String reason) {
        return new ReplicaState(Kind.FAILED, reason);
    }

    public static ReplicaState quarantined(String reason) {
        return new ReplicaState(Kind.QUARANTINED, reason);
    }

    public static ReplicaState rebuilding(String reason) {
        return new ReplicaState(Kind.REBUILDING, reason);
    }
}
