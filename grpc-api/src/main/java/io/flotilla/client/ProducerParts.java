package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Appended;
import io.flotilla.v1.InitProducerResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * What the lanes of one producer share.
 *
 * @param identity of the producer, from the cluster
 */
record ProducerParts(
        TopicView topic,
        ProducerConfig config,
        ByteBudget budget,
        ClusterView cluster,
        ProduceStreams streams,
        ClientLoop loop,
        Callbacks callbacks,
        RandomGenerator random,
        InitProducerResponse identity,
        ClientMeters meters) {
    /** Largest batch without its stamp. */
    int maxBatchBytes() {
        return topic.maxBatchBytes() - BatchSequence.MAX_STAMP_BYTES;
    }

    /** Tells the application, and then lets go of the batch's memory. */
    void succeed(PendingBatch batch, Appended appended) {
        meters.acknowledged(
                topic.name(), batch.results().size(), batch.body().length, loop.nanoTime() - batch.sentNanos());
        callbacks.execute(() -> {
            List<CompletableFuture<RecordAck>> results = batch.results();
            for (int i = 0; i < results.size(); i++) {
                results.get(i)
                        .complete(new RecordAck(
                                appended.getPartition(), appended.getBaseOffset() + i, appended.getAppendTimeMs()));
            }
            budget.release(batch.bufferBytes());
        });
    }

    /** Tells the application, and then lets go of the batch's memory. */
    void fail(PendingBatch batch, FlotillaException error) {
        FlotillaException outcome = batch.outcome(error);
        meters.failed(topic.name(), batch.results().size(), outcome.code());
        callbacks.execute(() -> {
            batch.results().forEach(result -> result.completeExceptionally(outcome));
            budget.release(batch.bufferBytes());
        });
    }
}
