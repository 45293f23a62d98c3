package io.flotilla.raft;

import java.util.UUID;

/** Names one Raft group; the same on each of its members and never used again for another group. */
public record GroupId(UUID uuid) {
    @Override
    public String toString() {
        return uuid.toString();
    }
}
