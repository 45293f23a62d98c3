package io.flotilla.raft.ratis;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** An entry on its way into the log of the leader, within this process. */
final class Proposal implements Message {
    private final ByteString header;
    private final ByteString payload;
    private volatile boolean appending;

    Proposal(byte[] header, byte[] payload) {
        this.header = PayloadBytes.wrap(header);
        this.payload = PayloadBytes.wrap(payload);
    }

    ByteString header() {
        return header;
    }

    ByteString payload() {
        return payload;
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
