package io.flotilla.broker.group;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.metadata.MetadataImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Decides who reads what in the groups whose partition of the {@link OffsetsTopic} this broker leads. Safe for use by any
 * thread.
 */
public interface GroupCoordinator extends AutoCloseable {
    /** Never fails: what goes wrong is an answer too. What is answered is on disk on a majority. */
    CompletableFuture<GroupAnswer> answer(GroupCall call);

    /** This broker leads the partition since {@code term}; its groups are loaded from it, then answered for. */
    void elected(int partition, Partition log, long term);

    /** This broker leads the partition no more. */
    void resigned(int partition);

    /** The number of partitions of the offsets topic, and the topics that groups may read. */
    void metadataChanged(MetadataImage image);

    /** To be called every few seconds: counts the groups, and forgets what is kept of those that are gone. */
    void count();

    /** The names of those there were at the last count, groups with members first. */
    List<String> groups();

    @Override
    void close();
}
