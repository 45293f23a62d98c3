package io.flotilla.log;

/** What a log has of one raft index. */
public sealed interface StoredEntry {
    /** All frames of the raft index. */
    record Held(LogSlice frames) implements StoredEntry {}

    /** The log starts behind the raft index; if it had frames, they were trimmed. */
    record Trimmed() implements StoredEntry {}

    /** The log has no frames of the raft index: the entry carried none, or was not appended yet. */
    record Absent() implements StoredEntry {}
}
