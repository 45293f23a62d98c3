package io.flotilla.client;

/**
 * A record was written: a majority of the partition's replicas has it on disk.
 *
 * @param offset of this record
 * @param appendTimeMs the leader's clock when it appended the record
 */
public record RecordAck(int partition, long offset, long appendTimeMs) {}
