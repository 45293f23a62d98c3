package io.flotilla.client;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * What a client knows about a topic. Immutable; may be out of date.
 *
 * @param topicId 16 bytes
 * @param leaders by partition
 * @param maxBatchBytes largest encoded batch the topic takes
 */
public record TopicView(String name, ByteString topicId, List<Leader> leaders, int maxBatchBytes) {
    /**
     * Who leads a partition.
     *
     * @param brokerId {@link #NONE} when nobody is known to
     * @param epoch Raft term; -1 when unknown
     */
    public record Leader(int brokerId, int epoch) {
        /** {@link #brokerId} of nobody. */
        public static final int NONE = -1;
    }

    public TopicView {
        leaders = List.copyOf(leaders);
    }

    /** How many partitions there are. */
    public int partitionCount() {
        return leaders.size();
    }
}
