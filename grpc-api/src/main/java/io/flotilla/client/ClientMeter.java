package io.flotilla.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The meters of a client: what they are called and what they mean. */
enum ClientMeter {
    PRODUCER_RECORDS("flotilla.producer.records", Type.COUNTER, "Records acknowledged", "topic"),
    PRODUCER_BYTES("flotilla.producer.bytes", Type.COUNTER, "Bytes of batches acknowledged, as compressed", "topic"),
    PRODUCER_BATCHES("flotilla.producer.batches", Type.COUNTER, "Batches acknowledged", "topic"),
    PRODUCER_BATCH_SIZE("flotilla.producer.batch.size", Type.SUMMARY_BYTES, "Size of a batch, as compressed", "topic"),
    PRODUCER_QUEUE_TIME(
            "flotilla.producer.queue.time",
            Type.TIMER,
            "From a batch's first record until it is first sent: for company, and for batches before it",
            "topic"),
    PRODUCER_REQUEST_LATENCY(
            "flotilla.producer.request.latency",
            Type.TIMER,
            "From an attempt that succeeds until it is acknowledged",
            "topic"),
    PRODUCER_RETRIES("flotilla.producer.retries", Type.COUNTER, "Batches to be sent again, by error", "topic", "code"),
    PRODUCER_ERRORS("flotilla.producer.errors", Type.COUNTER, "Records given up, by error", "topic", "code"),
    PRODUCER_BUFFERED(
            "flotilla.producer.buffered",
            Type.GAUGE_BYTES,
            "Bytes taken from `bufferBytes`, over all producers of the topic",
            "topic"),
    CONSUMER_RECORDS("flotilla.consumer.records", Type.COUNTER, "Records taken by the application", "group", "topic"),
    CONSUMER_BYTES(
            "flotilla.consumer.bytes",
            Type.COUNTER,
            "Bytes of batches taken by the application, as stored",
            "group",
            "topic"),
    CONSUMER_PROCESSING_TIME(
            "flotilla.consumer.processing.time",
            Type.TIMER,
            "From the taking of a delivery to its ack",
            "group",
            "topic"),
    CONSUMER_HANDLER_TIME(
            "flotilla.consumer.handler.time",
            Type.TIMER,
            "One call of a subscription's handler, whether it returns or throws",
            "group",
            "topic"),
    CONSUMER_LAG(
            "flotilla.consumer.lag",
            Type.GAUGE,
            "Records behind what is processed, as of what came last; for the first 100 partitions of the client",
            "group",
            "topic",
            "partition"),
    CONSUMER_REBALANCES(
            "flotilla.consumer.rebalances",
            Type.COUNTER,
            "Partitions that a member has got, or lost: change is `gained` or `lost`",
            "group",
            "topic",
            "change"),
    CONSUMER_COMMITS(
            "flotilla.consumer.commits",
            Type.COUNTER,
            "Requests with positions that were committed; none where the broker commits by itself (`atMostOnce`, `singleEndpoint`)",
            "group"),
    CONSUMER_COMMIT_FAILURES(
            "flotilla.consumer.commit.failures", Type.COUNTER, "Positions refused, by error", "group", "code"),
    CLIENT_CALLS(
            "flotilla.client.calls",
            Type.TIMER,
            "Metadata and administrative calls with all their attempts, by outcome",
            "method",
            "code"),
    CLIENT_STREAM_ENDS(
            "flotilla.client.stream.ends",
            Type.COUNTER,
            "Streams that broke, or were ended by a broker, by error; kind is `produce`, `consume` or `member`",
            "kind",
            "code");

    /** What kind of meter it is. */
    enum Type {
        COUNTER("counter", null),
        TIMER("timer", null),
        SUMMARY_BYTES("summary", "bytes"),
        GAUGE("gauge", null),
        GAUGE_BYTES("gauge", "bytes");

        private final String word;
        private final @Nullable String unit;

        Type(String word, @Nullable String unit) {
            this.word = word;
            this.unit = unit;
        }

        String word() {
            return word;
        }

        /** What values are counted in; null for plain numbers, and for times. */
        @Nullable
        String unit() {
            return unit;
        }
    }

    private final String id;
    private final Type type;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> tags;

    ClientMeter(String id, Type type, String meaning, String... tags) {
        this.id = id;
        this.type = type;
        this.meaning = meaning;
        this.tags = List.of(tags);
    }

    /** As Micrometer knows it. */
    String id() {
        return id;
    }

    Type type() {
        return type;
    }

    String meaning() {
        return meaning;
    }

    /** Keys of its tags, in the order in which their values are given. */
    List<String> tags() {
        return tags;
    }
}
