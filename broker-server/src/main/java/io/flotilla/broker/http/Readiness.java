package io.flotilla.broker.http;

import java.util.List;

/** Whether clients should be sent to this broker. */
public interface Readiness {
    /**
     * Why not, a sentence each; empty if they should. Called on any thread, several at a time, every few seconds; must
     * not block.
     */
    List<String> reasonsAgainst();
}
