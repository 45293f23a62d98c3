package io.flotilla.raft.ratis;

import io.flotilla.raft.RaftGroup;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** An entry on its way into the log of the leader, within this process. */
final class Proposal implements Message {
    private final ByteString header;
    private final ByteString payload;
    private final long term;
    private volatile boolean appending;

    /** @param term in which it may be appended; {@link RaftGroup#ANY_TERM} = whenever */
    Proposal(byte[] header, byte[] payload, long term) {
        this.term = term;
        this.header = PayloadBytes.wrap(header);
        this.payload = PayloadBytes.wrap(payload);
    }

    ByteString header() {
        return header;
    }

    ByteString payload() {
        return payload;
    }

    boolean mayBeAppendedIn(long currentTerm) {
        return term == RaftGroup.ANY_TERM || term == currentTerm;
    }

    /** From here on the entry may be in the log, whatever the answer says. */
    void appendBegins() {
        appending = true;
    }

    boolean mayBeInLog() {
        return appending;
    }

    /** What Ratis counts against its limit for entries in flight. */
    @Override
    public ByteString getContent() {
        return payload.isEmpty() ? header : payload;
    }
}
