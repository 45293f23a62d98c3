package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.LeaderHint;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a partition that another broker leads, by one long poll after the other, shared with other readers. Asks and
 * answers run on the call's own thread of execution, given to it as {@code serial}.
 */
final class RemoteSource implements BatchSource {
    private final Topic topic;
    private final int partition;
    private final LeaderHint leader;
    private final SharedFetches fetches;
    private final Serial serial;
    private @Nullable Runnable leave; // the poll under way
    private @Nullable Chunk answer;
    private @Nullable FlotillaException failure;

    RemoteSource(Topic topic, int partition, LeaderHint leader, SharedFetches fetches, Serial serial) {
        this.topic = topic;
        this.partition = partition;
        this.leader = leader;
        this.fetches = fetches;
        this.serial = serial;
    }

    @Override
    public @Nullable Chunk poll(long offset, int maxBytes, Runnable wake) {
        FlotillaException failed = failure;
        if (failed != null) {
            failure = null;
            throw failed;
        }
        Chunk arrived = answer;
        answer = null;
        boolean nothing = arrived == null || arrived.isEmpty();
        if (nothing && leave == null) {
            leave = fetches.join(leader, topic, partition, offset, maxBytes, new Answer(wake));
        }
        return arrived;
    }

    /** What becomes of one poll. */
    private final class Answer implements SharedFetches.Reader {
        private final Runnable wake;

        Answer(Runnable wake) {
            this.wake = wake;
        }

        @Override
        public void answered(Chunk chunk) {
            serial.execute(() -> {
                leave = null;
                answer = chunk;
                wake.run();
            });
        }

        @Override
        public void failed(FlotillaException error) {
            serial.execute(() -> {
                leave = null;
                failure = error;
                wake.run();
            });
        }
    }

    @Override
    public void close() {
        Runnable leaving = leave;
        if (leaving != null) {
            leaving.run();
        }
    }
}
