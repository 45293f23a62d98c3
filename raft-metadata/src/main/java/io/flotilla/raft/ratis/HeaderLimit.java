package io.flotilla.raft.ratis;

import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;

/**
 * The largest part of an entry that goes through a Raft log's write buffer: the header, since payloads take another way.
 * Called from code woven into Ratis, hence public.
 */
public final class HeaderLimit {
    /** Length before and checksum after an entry in the log file. */
    private static final int FRAMING_BYTES = 8;

    private HeaderLimit() {}

    public static SizeInBytes of(RaftProperties properties) {
        return SizeInBytes.valueOf(
                RaftServerConfigKeys.Log.writeBufferSize(properties).getSize() - FRAMING_BYTES);
    }
}
