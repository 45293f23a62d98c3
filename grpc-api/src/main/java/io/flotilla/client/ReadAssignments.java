package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each partition from its leader, wherever that is, and goes on at the next offset after every interruption.
 * Owned by the loop.
 *
 * <p>A partition: resolving its stop position -> assigned to the stream of its leader -> (ended by the broker, stream
 * lost, drain) assigned again ... -> finished, when the stop position is reached or an error cannot be helped. It is never
 * assigned twice to one stream without an end in between, so that every event of a stream has one meaning.
 */
final class ReadAssignments implements ConsumeStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(ReadAssignments.class);

    private final ReaderConfig config;
    private final ClusterView cluster;
    private final ReadPreparation preparation;
    private final Connections connections;
    private final ClientLoop loop;
    private final RandomGenerator random;
    private final ReadQueue queue;
    private final Map<TopicPartition, ReadState> states = new LinkedHashMap<>();
    private final Map<Endpoint, ConsumeStream> streams = new HashMap<>();
    private boolean closed;

    ReadAssignments(
            ReaderConfig config,
            ClusterView cluster,
            ControlCalls calls,
            Connections connections,
            ClientLoop loop,
            RandomGenerator random,
            ReadQueue queue) {
        this.config = config;
        this.cluster = cluster;
        this.preparation = new ReadPreparation(calls, cluster, loop, this::assign, this::giveUp);
        this.connections = connections;
        this.loop = loop;
        this.random = random;
        this.queue = queue;
    }

    /** Begins to read. Called once. */
    void start(List<ReadRange> ranges) {
        loop.checkInLoop();
        for (ReadRange range : ranges) {
            ReadState state = new ReadState(range.partition(), range.from(), new Backoff(random));
            states.put(range.partition(), state);
            preparation.prepare(state, range.until());
        }
        endWhenFinished();
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
            stream = ConsumeStream.open(leader.get(), connections, config, loop, this);
            streams.put(leader.get(), stream);
        }
        state.stream = stream;
        stream.assign(state.start());
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
        Runnable giveCreditBack = () -> loop.execute(() -> stream.credit(header.getCreditBytes()));
        for (int i = 0; i < batches.size(); i++) {
            queue.add(batches.get(i), i == batches.size() - 1 ? giveCreditBack : () -> {});
        }
        if (batches.isEmpty()) {
            stream.credit(header.getCreditBytes());
        }
        if (state.position >= state.until) {
            stream.unassign(state.partition);
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
            detach(state);
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
            ReadState state = states.get(new TopicPartition(end.getTopic(), end.getPartition()));
            if (state != null && state.stream == stream) {
                ended(state, end);
            }
        }
    }

    private void started(ReadState state, long offset) {
        if (state.position != ReadState.UNKNOWN && state.position != offset) {
            log.warn("position was reset partition={} from={} to={}", state.partition, state.position, offset);
        }
        state.position = offset;
    }

    private void ended(ReadState state, ConsumeResponse.PartitionEnd end) {
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
    }

    @Override
    public void draining(ConsumeStream stream) {
        streams.remove(stream.endpoint(), stream);
        if (on(stream).isEmpty()) {
            stream.cancel();
        }
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
        if (on(stream).isEmpty()) {
            stream.cancel();
        }
    }

    @Override
    public void ended(ConsumeStream stream, FlotillaException error) {
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
            queue.add(FlotillaException.fromError(error.toError().toBuilder()
                    .setMessage("%s: %s".formatted(state.partition, error.description()))
                    .putMetadata("topic", state.partition.topic())
                    .putMetadata("partition", Integer.toString(state.partition.partition()))
                    .build()));
            finish(state);
        }
    }

    private void finish(ReadState state) {
        detach(state);
        state.finished = true;
        endWhenFinished();
    }

    private void endWhenFinished() {
        if (states.values().stream().allMatch(state -> state.finished)) {
            close();
        }
    }

    /** Stops reading; what is in the queue stays there. */
    void close() {
        if (!closed) {
            closed = true;
            streams.values().forEach(ConsumeStream::cancel);
            states.values().stream()
                    .map(state -> state.stream)
                    .filter(Objects::nonNull)
                    .forEach(ConsumeStream::cancel); // those that drain
            streams.clear();
            queue.end();
        }
    }
}
