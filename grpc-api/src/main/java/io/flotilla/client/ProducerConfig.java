package io.flotilla.client;

import io.flotilla.v1.Acks;
import io.flotilla.v1.Compression;
import java.time.Duration;
import java.util.Map;

/**
 * How a producer trades latency, throughput and memory.
 *
 * @param compression of batches
 * @param batchBytes size at which a batch is closed, before compression
 * @param linger longest wait of a record for others, while earlier batches of its partition are on their way; with none
 *     on its way a record is sent at once
 * @param bufferBytes memory for records that are not yet answered; when it is full, {@code send} waits
 * @param maxBlock longest wait of {@code send}
 * @param maxInFlightBatches unanswered batches per partition, 1 to 64: so many the broker remembers of each producer, to
 *     recognize those that are sent again
 * @param requestTimeout time a broker has to answer one attempt
 * @param deliveryTimeout time from {@code send} to the result, all attempts included
 * @param acks when a record counts as written: on disk on a majority of the replicas, or on all
 */
public record ProducerConfig(
        Compression compression,
        int batchBytes,
        Duration linger,
        long bufferBytes,
        Duration maxBlock,
        int maxInFlightBatches,
        Duration requestTimeout,
        Duration deliveryTimeout,
        Acks acks) {
    private static final int MAX_IN_FLIGHT_BATCHES = 64;

    public static final ProducerConfig DEFAULT = new ProducerConfig(
            Compression.COMPRESSION_NONE,
            64 << 10,
            Duration.ofMillis(5),
            32L << 20,
            Duration.ofSeconds(60),
            5,
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Acks.ACKS_QUORUM);

    public ProducerConfig {
        positive("batchBytes", batchBytes);
        positive("bufferBytes", bufferBytes);
        positive("maxInFlightBatches", maxInFlightBatches);
        if (maxInFlightBatches > MAX_IN_FLIGHT_BATCHES) {
            throw new IllegalArgumentException("maxInFlightBatches is %d; must be at most %d"
                    .formatted(maxInFlightBatches, MAX_IN_FLIGHT_BATCHES));
        }
        positive("requestTimeout", requestTimeout.toMillis());
        positive("deliveryTimeout", deliveryTimeout.toMillis());
    }

    /**
     * The defaults, but for settings such as {@code producer.linger=20ms}. Settings of clients and consumers are skipped.
     *
     * @throws IllegalArgumentException if a key does not exist, or a value is not understood; it names them all
     */
    public static ProducerConfig from(Map<String, String> settings) {
        return keys().from(settings);
    }

    static ConfigKeys<ProducerConfig> keys() {
        return new ConfigKeys<>("producer", ProducerConfig.class, DEFAULT, Map.of());
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s is %d; must be more than 0".formatted(name, value));
        }
    }

    public ProducerConfig withCompression(Compression newCompression) {
        return new ProducerConfig(
                newCompression,
                batchBytes,
                linger,
                bufferBytes,
                maxBlock,
                maxInFlightBatches,
                requestTimeout,
                deliveryTimeout,
                acks);
    }

    public ProducerConfig withBatching(int newBatchBytes, Duration newLinger) {
        return new ProducerConfig(
                compression,
                newBatchBytes,
                newLinger,
                bufferBytes,
                maxBlock,
                maxInFlightBatches,
                requestTimeout,
                deliveryTimeout,
                acks);
    }

    public ProducerConfig withBuffer(long newBufferBytes, Duration newMaxBlock) {
        return new ProducerConfig(
                compression,
                batchBytes,
                linger,
                newBufferBytes,
                newMaxBlock,
                maxInFlightBatches,
                requestTimeout,
                deliveryTimeout,
                acks);
    }

    public ProducerConfig withMaxInFlightBatches(int newMaxInFlightBatches) {
        return new ProducerConfig(
                compression,
                batchBytes,
                linger,
                bufferBytes,
                maxBlock,
                newMaxInFlightBatches,
                requestTimeout,
                deliveryTimeout,
                acks);
    }

    public ProducerConfig withTimeouts(Duration newRequestTimeout, Duration newDeliveryTimeout) {
        return new ProducerConfig(
                compression,
                batchBytes,
                linger,
                bufferBytes,
                maxBlock,
                maxInFlightBatches,
                newRequestTimeout,
                newDeliveryTimeout,
                acks);
    }

    public ProducerConfig withAcks(Acks newAcks) {
        return new ProducerConfig(
                compression,
                batchBytes,
                linger,
                bufferBytes,
                maxBlock,
                maxInFlightBatches,
                requestTimeout,
                deliveryTimeout,
                newAcks);
    }
}
