/**
 * One replica of a partition: batches wait in {@link io.flotilla.broker.partition.AppendQueue}, become entries of the
 * partition's Raft group, are kept by {@link io.flotilla.broker.partition.PartitionPayloads} in the log, and can be read
 * once {@link io.flotilla.broker.partition.HighWatermark} has passed them.
 *
 * <p>Two owners share a replica and meet in one published number: the append side (Ratis' calls under the lock of the
 * group's Raft log) owns the log's end; the apply side (the group's apply thread) owns the high watermark.
 */
@NullMarked
package io.flotilla.broker.partition;

import org.jspecify.annotations.NullMarked;
