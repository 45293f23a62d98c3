package io.flotilla.broker.config;

/**
 * How much a broker gives out at once.
 *
 * @param tailCacheBytes the newest batches of all partitions, kept in memory so that readers who keep up cause no reads
 *     from disk
 * @param threads how many threads read from disk for consumers
 * @param maxStreams Produce, Consume, Subscribe and WatchMetadata streams open at a time; one more is refused
 */
public record FetchConfig(long tailCacheBytes, int threads, int maxStreams) {
    public static final FetchConfig DEFAULT = new FetchConfig(64 << 20, 4, 1000);

    public FetchConfig {
        Rule.bytes("tailCacheBytes", tailCacheBytes, 1 << 20, 1L << 40);
        Rule.range("threads", threads, 1, 256);
        Rule.range("maxStreams", maxStreams, 1, 1_000_000);
    }
}
