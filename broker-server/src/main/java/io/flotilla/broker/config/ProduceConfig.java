package io.flotilla.broker.config;

import io.flotilla.text.Units;

/**
 * How much a broker takes in at once.
 *
 * @param memoryBytes memory for requests that were read and are still needed; beyond it, streams wait, each with one more at most
 * @param partitionQueueBytes memory for batches that wait for one partition; beyond it they are refused, to be sent again
 * @param joinBytes batches that wait for one partition are joined into one Raft entry, up to this size where one batch is
 *     not larger: more gives throughput, less a shorter wait behind others
 * @param maxInFlightEntries entries of one partition that may be on their way to the replicas at a time
 */
public record ProduceConfig(long memoryBytes, long partitionQueueBytes, int joinBytes, int maxInFlightEntries) {
    public static final ProduceConfig DEFAULT = new ProduceConfig(64 << 20, 16 << 20, 1 << 20, 4);

    public ProduceConfig {
        Rule.bytes("memoryBytes", memoryBytes, 8 << 20, 1L << 40);
        Rule.bytes("partitionQueueBytes", partitionQueueBytes, 64 << 10, 1L << 40);
        Rule.bytes("joinBytes", joinBytes, 1 << 10, 4 << 20);
        Rule.range("maxInFlightEntries", maxInFlightEntries, 1, 64);
        Rule.require(
                partitionQueueBytes <= memoryBytes,
                "partitionQueueBytes",
                Units.BYTES.write(partitionQueueBytes),
                "must be at most {memoryBytes}, " + Units.BYTES.write(memoryBytes));
    }
}
