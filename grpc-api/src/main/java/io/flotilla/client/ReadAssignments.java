package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Position;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each partition from its leader, wherever that is, and goes on at the next offset after every interruption.
 * Owned by the loop.
 *
 * <p>A partition: resolving its stop position -> assigned to the stream of its leader -> (ended by the broker, stream
 * lost, drain) assigned again ... -> finished, when the stop position is reached, an error cannot be helped, or it is
 * removed. It is never assigned twice to one stream without an end in between, so that every event of a stream has one
 * meaning. A stream that no partition is on is cancelled.
 */
final class ReadAssignments implements ConsumeStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(ReadAssignments.class);

    private final ReaderConfig config;
    private final LongUnaryOperator window;
    private final ClusterView cluster;
    private final ReadPreparation preparation;
    private final Connections connections;
    private final ClientLoop loop;
    private final RandomGenerator random;
    private final Sink sink;
    private final Map<TopicPartition, ReadState> states = new LinkedHashMap<>(); // those not finished
    private final Map<Endpoint, ConsumeStream> streams = new HashMap<>();
    private final Set<Ending> endings = new HashSet<>();
    private boolean closed;

    /** A partition that was removed, of which the stream has not said yet that it ends. */
    private record Ending(ConsumeStream stream, TopicPartition partition) {}

    /** Where what is read goes; called on the loop. */
    interface Sink {
        /**
         * At least one batch; those of a partition come in order.
         *
         * @param nextOffset where the partition goes on behind them
         * @param giveBack to be run, on any thread, when their memory is free; the leader then sends more
         */
        void batches(TopicPartition partition, List<ReadBatch> batches, long nextOffset, Runnable giveBack);

        /**
         * The partition cannot be read any further; the others go on.
         *
         * @param from where it would go on
         */
        void failed(TopicPartition partition, FlotillaException error, Position from);

        /** No partition is left to be read. */
        void allRead();
    }

    /** @param window most bytes that each of so many brokers is to send ahead */
    ReadAssignments(
            ReaderConfig config,
            LongUnaryOperator window,
            ClusterView cluster,
            ControlCalls calls,
            Connections connections,
            ClientLoop loop,
            RandomGenerator random,
            Sink sink) {
        this.config = config;
        this.window = window;
        this.cluster = cluster;
        this.preparation = new ReadPreparation(calls, cluster, loop, this::assign, this::giveUp);
        this.connections = connections;
        this.loop = loop;
        this.random = random;
        this.sink = sink;
    }

    /** Begins to read. Called once. */
    void start(List<ReadRange> ranges) {
        loop.checkInLoop();
        for (ReadRange range : ranges) {
            ReadState state = new ReadState(range.partition(), range.from(), new Backoff(random));
            states.put(range.partition(), state);
            preparation.prepare(state, range.until());
        }
        if (states.isEmpty()) {
            sink.allRead();
        }
    }

    /** Begins to read one more, which is not read now. */
    void add(TopicPartition partition, ByteString topicId, Position from) {
        loop.checkInLoop();
        ReadState state = new ReadState(partition, from, new Backoff(random));
        state.topicId = topicId;
        states.put(partition, state);
        cluster.topic(partition.topic(), new Reply<>(topic -> assign(state), error -> retry(state, error)));
    }

    /** Reads a partition no further; nothing of it reaches the sink from now on. */
    void remove(TopicPartition partition) {
        loop.checkInLoop();
        ReadState state = states.get(partition);
        if (state != null) {
            finish(state);
        }
    }

    private void assign(ReadState state) {
        if (closed || state.finished || state.stream != null) {
            return;
        }
        if (state.position >= state.until) {
            finish(state);
            return;
        }
        Optional<Endpoint> leader = cluster.leader(state.partition.topic(), state.partition.partition());
        if (leader.isEmpty()) {
            retry(state, FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, "no leader is known"));
            return;
        }
        ConsumeStream stream = streams.get(leader.get());
        if (stream == null || !stream.isOpen()) {
            stream = ConsumeStream.open(leader.get(), connections, config, this::windowOfOne, loop, this);
            streams.put(leader.get(), stream);
        }
        if (endings.contains(new Ending(stream, state.partition))) {
            return; // until it has ended
        }
        state.stream = stream;
        stream.assign(state.start());
    }

    /** Each broker that may lead one of the partitions has its share. */
    private long windowOfOne() {
        return Math.max(1, window.applyAsLong(Math.max(1, Math.min(cluster.brokerCount(), states.size()))));
    }

    @Override
    public void frames(ConsumeStream stream, InboundEvent.Frames frames) {
        Batches header = frames.header();
        ReadState state = states.get(new TopicPartition(header.getTopic(), header.getPartition()));
        if (state == null || state.stream != stream || state.stopping) {
            stream.credit(header.getCreditBytes());
            return;
        }
        List<ReadBatch> batches;
        try {
            batches = batches(state, frames);
        } catch (FormatException e) {
            stream.credit(header.getCreditBytes());
            corrupt(state, e);
            return;
        }
        state.position = Math.max(state.position, header.getNextOffset());
        state.failuresInARow = 0;
        state.backoff.reset();
        if (batches.isEmpty()) {
            stream.credit(header.getCreditBytes());
        } else {
            Runnable giveBack = () -> loop.execute(() -> stream.credit(header.getCreditBytes()));
            sink.batches(state.partition, batches, state.position, giveBack);
        }
        if (state.position >= state.until) {
            finish(state);
        }
    }

    /** What is new in the message, checked. The state moves only if all of it is sound. */
    private static List<ReadBatch> batches(ReadState state, InboundEvent.Frames frames) {
        List<ReadBatch> batches = new ArrayList<>();
        long position = state.position;
        for (BatchFrame frame : new BatchFrames(frames.bytes(), frames.from(), frames.bytes().length)) {
            frame.verifyBody();
            if (frame.nextOffset() > position && frame.baseOffset() < state.until) {
                batches.add(new ReadBatch(
                        state.partition,
                        frame,
                        position,
                        state.until,
                        frames.header().getHighWatermark()));
                position = frame.nextOffset();
            }
        }
        state.position = position;
        return batches;
    }

    /** Reads the same place once more; a second time it is not the network's fault. */
    private void corrupt(ReadState state, FormatException e) {
        log.warn("damaged data received partition={} offset={}: {}", state.partition, state.position, e.getMessage());
        if (state.corruptAt == state.position) {
            giveUp(state, FlotillaException.of(ErrorCode.ERROR_CODE_CORRUPT_BATCH, String.valueOf(e.getMessage())));
        } else if (state.stream != null) {
            state.corruptAt = state.position;
            state.stopping = true;
            state.stream.unassign(state.partition);
        }
    }

    @Override
    public void event(ConsumeStream stream, ConsumeResponse event) {
        if (event.hasStarted()) {
            ConsumeResponse.Started started = event.getStarted();
            ReadState state = states.get(new TopicPartition(started.getTopic(), started.getPartition()));
            if (state != null && state.stream == stream) {
                started(state, started.getOffset());
            }
        } else if (event.hasEnd()) {
            ConsumeResponse.PartitionEnd end = event.getEnd();
            TopicPartition partition = new TopicPartition(end.getTopic(), end.getPartition());
            ReadState state = states.get(partition);
            if (endings.remove(new Ending(stream, partition))) {
                assignAgain(partition);
            } else if (state != null && state.stream == stream) {
                ended(state, end);
            }
        }
    }

    /** After the end of an earlier reading of the partition. */
    private void assignAgain(TopicPartition partition) {
        ReadState state = states.get(partition);
        if (state != null) {
            assign(state);
        }
    }

    private void started(ReadState state, long offset) {
        if (state.position != ReadState.UNKNOWN && state.position != offset) {
            log.warn("position was reset partition={} from={} to={}", state.partition, state.position, offset);
        }
        state.position = offset;
    }

    private void ended(ReadState state, ConsumeResponse.PartitionEnd end) {
        ConsumeStream stream = state.stream;
        boolean stopped = state.stopping;
        detach(state);
        if (stopped) {
            assign(state);
        } else if (end.hasError()) {
            FlotillaException error = FlotillaException.fromError(end.getError());
            if (error.retriable()) {
                retry(state, error);
            } else {
                giveUp(state, error);
            }
        } else if (state.until != Long.MAX_VALUE) {
            finish(state);
        } else {
            retry(state, FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, "the broker stopped reading"));
        }
        if (state.finished && stream != null) {
            cancelIfIdle(stream);
        }
    }

    @Override
    public void draining(ConsumeStream stream) {
        streams.remove(stream.endpoint(), stream);
        cancelIfIdle(stream);
        on(stream).stream()
                .map(state -> state.partition.topic())
                .distinct()
                .forEach(topic -> cluster.refresh(
                        topic, new Reply<>(view -> moveOff(stream, topic), error -> moveOff(stream, topic))));
    }

    private void moveOff(ConsumeStream stream, String topic) {
        for (ReadState state : on(stream)) {
            if (state.partition.topic().equals(topic)) {
                detach(state);
                assign(state);
            }
        }
        cancelIfIdle(stream);
    }

    @Override
    public void ended(ConsumeStream stream, FlotillaException error) {
        connections.meters().streamEnded("consume", error.code());
        streams.remove(stream.endpoint(), stream);
        for (ReadState state : on(stream)) {
            detach(state);
            // reading changes nothing, so an unknown outcome is no reason to stop
            if (error.retriable() || error.ambiguous()) {
                retry(state, error);
            } else {
                giveUp(state, error);
            }
        }
        forgetEndings(stream);
    }

    private void forgetEndings(ConsumeStream stream) {
        Set<Ending> over =
                endings.stream().filter(ending -> ending.stream() == stream).collect(Collectors.toSet());
        endings.removeAll(over);
        over.forEach(ending -> assignAgain(ending.partition()));
    }

    private List<ReadState> on(ConsumeStream stream) {
        return states.values().stream().filter(state -> state.stream == stream).toList();
    }

    private static void detach(ReadState state) {
        state.stream = null;
        state.stopping = false;
    }

    private void retry(ReadState state, FlotillaException error) {
        state.failuresInARow++;
        Duration wait = state.backoff.next(error.retryAfterMs());
        if (error.leader() != null) {
            cluster.learn(state.partition.topic(), state.partition.partition(), error.leader());
            wait = state.failuresInARow == 1 ? Duration.ZERO : wait;
        }
        if (error.leader() == null || state.failuresInARow > 1) {
            cluster.refresh(state.partition.topic(), Reply.ignored());
        }
        log.debug(
                "reading is interrupted partition={} position={}: {}",
                state.partition,
                state.position,
                error.getMessage());
        loop.schedule(wait, () -> assign(state));
    }

    private void giveUp(ReadState state, FlotillaException error) {
        if (!state.finished) {
            FlotillaException named = FlotillaException.fromError(error.toError().toBuilder()
                    .setMessage("%s: %s".formatted(state.partition, error.description()))
                    .putMetadata("topic", state.partition.topic())
                    .putMetadata("partition", Integer.toString(state.partition.partition()))
                    .build());
            sink.failed(state.partition, named, state.next());
            finish(state);
        }
    }

    private void finish(ReadState state) {
        ConsumeStream stream = state.stream;
        detach(state);
        state.finished = true;
        states.remove(state.partition, state);
        if (stream != null) {
            stream.unassign(state.partition);
            endings.add(new Ending(stream, state.partition));
            cancelIfIdle(stream);
        }
        if (states.isEmpty()) {
            sink.allRead();
        }
    }

    private void cancelIfIdle(ConsumeStream stream) {
        if (on(stream).isEmpty()) {
            streams.remove(stream.endpoint(), stream);
            stream.cancel();
            forgetEndings(stream);
        }
    }

    /** Stops reading; what has reached the sink stays there. */
    void close() {
        if (!closed) {
            closed = true;
            streams.values().forEach(ConsumeStream::cancel);
            states.values().stream()
                    .map(state -> state.stream)
                    .filter(Objects::nonNull)
                    .forEach(ConsumeStream::cancel); // those that drain
            streams.clear();
            sink.allRead();
        }
    }
}
