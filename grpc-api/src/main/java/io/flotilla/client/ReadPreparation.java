package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Position;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known before a partition can be read: the offset to stop at, and that the partition exists. Owned by
 * the loop.
 */
final class ReadPreparation {
    private final ControlCalls calls;
    private final ClusterView cluster;
    private final ClientLoop loop;
    private final Consumer<ReadState> ready;
    private final BiConsumer<ReadState, FlotillaException> hopeless;

    /** For each partition, {@code ready} or {@code hopeless} is called once. */
    ReadPreparation(
            ControlCalls calls,
            ClusterView cluster,
            ClientLoop loop,
            Consumer<ReadState> ready,
            BiConsumer<ReadState, FlotillaException> hopeless) {
        this.calls = calls;
        this.cluster = cluster;
        this.loop = loop;
        this.ready = ready;
        this.hopeless = hopeless;
    }

    void prepare(ReadState state, @Nullable Position until) {
        if (until == null) {
            findTopic(state);
        } else if (until.hasOffset()) {
            state.until = until.getOffset();
            findTopic(state);
        } else {
            resolve(state, until);
        }
    }

    /** Once only: asked again later, the end would be somewhere else. */
    private void resolve(ReadState state, Position until) {
        calls.read(
                ConsumeServiceGrpc.getListOffsetsMethod(),
                Admin.offsetQuery(state.partition, until),
                new Reply<>(
                        answer -> {
                            try {
                                state.until = Admin.foundOffset(answer);
                            } catch (FlotillaException e) {
                                again(state, e, () -> resolve(state, until));
                                return;
                            }
                            findTopic(state);
                        },
                        error -> again(state, error, () -> resolve(state, until))));
    }

    private void findTopic(ReadState state) {
        cluster.topic(
                state.partition.topic(),
                new Reply<>(
                        topic -> checkPartition(state, topic), error -> again(state, error, () -> findTopic(state))));
    }

    private void checkPartition(ReadState state, TopicView topic) {
        if (state.partition.partition() < topic.partitionCount()) {
            state.topicId = topic.topicId();
            ready.accept(state);
        } else {
            hopeless.accept(
                    state,
                    FlotillaException.of(
                            ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                            "the topic has %d partitions".formatted(topic.partitionCount())));
        }
    }

    private void again(ReadState state, FlotillaException error, Runnable step) {
        // whether the topic exists was asked for long enough
        if (error.retriable() && error.code() != ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION) {
            loop.schedule(state.backoff.next(error.retryAfterMs()), step);
        } else {
            hopeless.accept(state, error);
        }
    }
}
