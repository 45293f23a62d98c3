package io.flotilla.raft;

import java.util.OptionalLong;

/** The payload store of groups without payloads. */
final class NoPayloads implements PayloadStore {
    @Override
    public TermIndex last() {
        return TermIndex.NONE;
    }

    @Override
    public OptionalLong termOf(long index) {
        return OptionalLong.empty();
    }

    @Override
    public OptionalLong truncatedFrom() {
        return OptionalLong.empty();
    }

    @Override
    public void write(TermIndex at, byte[] payload) {
        throw new IllegalStateException("entry %d has a payload, but the group keeps none".formatted(at.index()));
    }

    @Override
    public void flush() {
        // nothing was written
    }

    @Override
    public void truncate(long index) {
        // nothing was written
    }

    @Override
    public byte[] read(long index) {
        throw new IllegalStateException("no payload is kept for entry %d".formatted(index));
    }
}
