package io.flotilla.raft;

/** A machine without payloads that cannot apply anything. */
public final class NothingApplied implements GroupStateMachine {
    private final MemoryMachine mark = new MemoryMachine();

    @Override
    public PayloadStore payloads() {
        return PayloadStore.NONE;
    }

    @Override
    public StoredMark storedMark() {
        return mark;
    }

    @Override
    public void apply(TermIndex at, byte[] header) {
        throw new IllegalStateException("injected: entry %d cannot be applied".formatted(at.index()));
    }

    @Override
    public void failed(Throwable cause) {
        mark.failed(cause);
    }
}
