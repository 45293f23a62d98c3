package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ConsumeResponse.CaughtUp;
import io.flotilla.v1.ConsumeResponse.PartitionEnd;
import io.flotilla.v1.ConsumeResponse.Started;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Heartbeat;
import io.flotilla.v1.TopicPartition;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One Consume call: pushes batches of any number of partitions while the client has credit and takes what was sent.
 *
 * <pre>
 *   new --open--&gt; running --(all partitions ended)--&gt; over
 *    |               |
 *    +--(error)------+--(cancel, error)--&gt; over
 * </pre>
 *
 * <p>Owner: its serial execution. Requests, wake-ups and timers only post tasks to it. A client that does not read costs
 * the one message that gRPC holds for it.
 */
final class ConsumeSession implements StreamObserver<ConsumeRequest>, OpenCalls.Call {
    private static final int DEFAULT_MAX_BYTES = 1 << 20;
    private static final int MAX_MAX_BYTES = 8 << 20;
    private static final int MAX_PARTITIONS = 10_000;

    private final ServerCallStreamObserver<OutboundMessage> out;
    private final CursorStarts starts;
    private final InstantSource clock;
    private final OpenCalls calls;
    private final Serial serial;
    private final boolean forwarded;
    private final Map<TopicPartition, PartitionCursor> cursors = new HashMap<>();
    private final Map<TopicPartition, PartitionStart> starting = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Deque<PartitionCursor> rotation = new ArrayDeque<>();
    private ConsumeRequest.@Nullable Open open;
    private @Nullable ChunkEncoder encoder;
    private long credit;
    private boolean handled; // the last request, and the next one not asked for
    private boolean pumping;
    private boolean over;
    private long lastSentMs;
    private Runnable onEnd = () -> {};

    ConsumeSession(
            ServerCallStreamObserver<OutboundMessage> out,
            CursorStarts starts,
            InstantSource clock,
            Executor pool,
            OpenCalls calls) {
        this.out = out;
        this.starts = starts;
        this.clock = clock;
        this.calls = calls;
        this.serial = new Serial(pool);
        this.forwarded = Forwarding.isForwarded();
        this.lastSentMs = clock.millis();
        out.disableAutoRequest();
        out.setOnReadyHandler(() -> serial.execute(this::ready));
        out.setOnCancelHandler(() -> serial.execute(this::end));
        out.request(1);
    }

    /** Set once, before the first message. */
    void onEnd(Runnable task) {
        onEnd = task;
    }

    @Override
    public void onNext(ConsumeRequest request) {
        serial.execute(() -> {
            if (!over) {
                try {
                    handle(request);
                    pump();
                } catch (FlotillaException e) {
                    fail(e);
                }
                handled = true;
                requestNext();
            }
        });
    }

    private void ready() {
        pump();
        requestNext();
    }

    /** Only while the client takes the answers, which are events too. */
    private void requestNext() {
        if (handled && !over && out.isReady()) {
            handled = false;
            out.request(1);
        }
    }

    private void handle(ConsumeRequest request) {
        ConsumeRequest.Open opened = open;
        if (opened == null && !request.hasOpen()) {
            throw Errors.invalid("the first message must be open");
        }
        switch (request.getRequestCase()) {
            case OPEN -> open(request.getOpen());
            case CREDIT -> grant(request.getCredit().getBytes());
            case ASSIGN -> request.getAssign().getPartitionsList().forEach(this::start);
            case UNASSIGN -> request.getUnassign().getPartitionsList().forEach(name -> stop(name, null));
            case PAUSE -> request.getPause().getPartitionsList().forEach(this::pause);
            case RESUME -> request.getResume().getPartitionsList().forEach(paused::remove);
            case REQUEST_NOT_SET -> throw Errors.invalid("the message has no request that this broker knows");
        }
    }

    private void open(ConsumeRequest.Open request) {
        if (open != null) {
            throw Errors.invalid("open was sent twice");
        }
        if (request.getCreditBytes() < 0) {
            throw Errors.invalid(
                    "credit_bytes is %d; must be 0 (unlimited) or more".formatted(request.getCreditBytes()));
        }
        open = request;
        credit = request.getCreditBytes();
        encoder = new ChunkEncoder(
                ChunkEncoder.check(request.getDecode()),
                ChunkEncoder.orDefault(request.getMaxBytes(), DEFAULT_MAX_BYTES, MAX_MAX_BYTES, "max_bytes"));
        request.getPartitionsList().forEach(this::start);
    }

    private void grant(long bytes) {
        if (bytes <= 0) {
            throw Errors.invalid("credit of %d bytes; must be more than 0".formatted(bytes));
        }
        credit += bytes;
    }

    private boolean hasCredit() {
        ConsumeRequest.Open opened = open;
        return opened != null && (opened.getCreditBytes() == 0 || credit > 0);
    }

    private void start(PartitionStart request) {
        TopicPartition name = TopicPartition.newBuilder()
                .setTopic(request.getTopic())
                .setPartition(request.getPartition())
                .build();
        forget(name);
        paused.remove(name);
        if (cursors.size() + starting.size() >= MAX_PARTITIONS) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_TOO_MANY_STREAMS,
                    "a call reads at most %d partitions; open another one".formatted(MAX_PARTITIONS));
        }
        start(request, name, true);
    }

    private void start(PartitionStart request, TopicPartition name, boolean announce) {
        starting.put(name, request);
        var unused = starts.start(request, Objects.requireNonNull(open).getReset(), mayForward(), serial)
                .whenComplete((cursor, error) -> serial.execute(() -> {
                    // not if it was assigned again or unassigned meanwhile
                    if (!over && starting.remove(name, request)) {
                        started(name, cursor, error, announce, request.getFrom().getOffset());
                    }
                }));
    }

    private boolean mayForward() {
        return !forwarded && !Objects.requireNonNull(open).getLeaderOnly();
    }

    private void started(
            TopicPartition name,
            @Nullable PartitionCursor cursor,
            @Nullable Throwable error,
            boolean announce,
            long wantedOffset) {
        if (cursor == null) {
            sendEnd(name, wantedOffset, Errors.of(Objects.requireNonNull(error)));
        } else {
            cursors.put(name, cursor);
            rotation.add(cursor);
            if (announce) {
                send(ConsumeResponse.newBuilder()
                        .setStarted(Started.newBuilder()
                                .setTopic(name.getTopic())
                                .setPartition(name.getPartition())
                                .setOffset(cursor.offset())
                                .setLeaderEpoch(cursor.leaderEpoch()))
                        .build());
            }
            if (cursor.isDone()) {
                stop(name, null); // it starts where it was to stop: nothing will be read, so nothing would end it
            }
        }
        pump();
        endIfAllEnded();
    }

    private void pause(TopicPartition name) {
        if (cursors.containsKey(name) || starting.containsKey(name)) {
            paused.add(name);
        }
    }

    private void stop(TopicPartition name, @Nullable FlotillaException error) {
        PartitionCursor cursor = forget(name);
        PartitionStart start = starting.remove(name);
        paused.remove(name);
        if (cursor != null) {
            sendEnd(name, cursor.offset(), error);
        } else if (start != null) {
            sendEnd(name, start.getFrom().getOffset(), error);
        }
    }

    private @Nullable PartitionCursor forget(TopicPartition name) {
        PartitionCursor cursor = cursors.remove(name);
        if (cursor != null) {
            rotation.remove(cursor);
            cursor.source().close();
        }
        return cursor;
    }

    private void sendEnd(TopicPartition name, long nextOffset, @Nullable FlotillaException error) {
        PartitionEnd.Builder end = PartitionEnd.newBuilder()
                .setTopic(name.getTopic())
                .setPartition(name.getPartition())
                .setNextOffset(nextOffset);
        if (error != null) {
            end.setError(error.toError());
        }
        send(ConsumeResponse.newBuilder().setEnd(end).build());
    }

    /** Sends what can be sent, one message per partition in turn. */
    private void pump() {
        if (pumping || open == null) {
            return;
        }
        pumping = true;
        try {
            int idle = 0;
            while (!over && out.isReady() && hasCredit() && idle < rotation.size()) {
                PartitionCursor cursor = rotation.remove();
                rotation.add(cursor);
                boolean ready = cursor.isReady() && !paused.contains(cursor.name());
                idle = ready && advance(cursor) ? 0 : idle + 1;
            }
        } finally {
            pumping = false;
        }
    }

    /** Whether a message was sent. */
    private boolean advance(PartitionCursor cursor) {
        try {
            ChunkEncoder encode = Objects.requireNonNull(encoder);
            Chunk chunk = cursor.takeUnsent();
            if (chunk == null) {
                chunk = cursor.source().poll(cursor.offset(), encode.readBytes(), () -> wake(cursor));
            }
            if (chunk == null || chunk.isEmpty()) {
                cursor.await();
                if (chunk != null) {
                    tellIfCaughtUp(cursor, chunk);
                }
                return false;
            }
            sendBatches(cursor, chunk, encode);
            return true;
        } catch (FormatException e) {
            stop(cursor.name(), Errors.of(e));
            endIfAllEnded();
        } catch (FlotillaException e) {
            if (mayForward() && CursorStarts.isMoved(e)) {
                moved(cursor);
            } else {
                stop(cursor.name(), e);
                endIfAllEnded();
            }
        }
        return true;
    }

    private void sendBatches(PartitionCursor cursor, Chunk chunk, ChunkEncoder encode) {
        boolean counted = Objects.requireNonNull(open).getCreditBytes() > 0;
        ChunkEncoder.Encoded encoded = encode.encode(
                Batches.newBuilder()
                        .setTopic(cursor.name().getTopic())
                        .setPartition(cursor.name().getPartition()),
                chunk,
                cursor.offset(),
                cursor.until(),
                counted);
        cursor.sent(encoded.nextOffset(), chunk);
        if (encoded.batchBytes() > 0) {
            lastSentMs = clock.millis();
            out.onNext(encoded.message());
            credit -= counted ? encoded.batchBytes() : 0;
        }
        tellIfCaughtUp(cursor, chunk);
        if (cursor.isDone()) {
            stop(cursor.name(), null);
            endIfAllEnded();
        }
    }

    private void tellIfCaughtUp(PartitionCursor cursor, Chunk chunk) {
        if (cursor.reaches(chunk.highWatermark())) {
            send(ConsumeResponse.newBuilder()
                    .setCaughtUp(CaughtUp.newBuilder()
                            .setTopic(cursor.name().getTopic())
                            .setPartition(cursor.name().getPartition())
                            .setOffset(cursor.offset()))
                    .build());
        }
    }

    private void wake(PartitionCursor cursor) {
        serial.execute(() -> {
            cursor.wake();
            pump();
        });
    }

    /** The partition is led elsewhere now: go on from where it was, from there. */
    private void moved(PartitionCursor cursor) {
        forget(cursor.name());
        PartitionStart.Builder again = PartitionStart.newBuilder()
                .setTopic(cursor.name().getTopic())
                .setPartition(cursor.name().getPartition())
                .setTopicId(cursor.topicId());
        again.getFromBuilder().setOffset(cursor.offset());
        if (cursor.until() != Long.MAX_VALUE) {
            again.getUntilBuilder().setOffset(cursor.until());
        }
        start(again.build(), cursor.name(), false);
    }

    /** Something is sent at least this often, so that a client can tell a quiet broker from a lost one. */
    void heartbeat(int intervalMs) {
        serial.execute(() -> {
            long now = clock.millis();
            if (!over && open != null && now - lastSentMs >= intervalMs && out.isReady()) {
                send(ConsumeResponse.newBuilder()
                        .setHeartbeat(
                                Heartbeat.newBuilder().setServerTimeMs(now).setHeartbeatIntervalMs(intervalMs))
                        .build());
            }
        });
    }

    /** A client that has opened a call must say what it wants. */
    void requireOpen() {
        serial.execute(() -> {
            if (open == null) {
                fail(FlotillaException.of(ErrorCode.ERROR_CODE_TIMED_OUT, "no open message within 10 s"));
            }
        });
    }

    /** Tells the client to go elsewhere; the call goes on until it does, or is failed. */
    @Override
    public void drain(Drain drain) {
        serial.execute(() -> {
            if (!over) {
                send(ConsumeResponse.newBuilder().setDrain(drain).build());
            }
        });
    }

    @Override
    public void end(FlotillaException error) {
        serial.execute(() -> fail(error));
    }

    /** Nothing that is sent here is owed an answer. */
    @Override
    public boolean isIdle() {
        return true;
    }

    private void fail(FlotillaException error) {
        if (!over) {
            out.onError(GrpcErrors.toStatus(error));
            end();
        }
    }

    private void endIfAllEnded() {
        if (!over && starting.isEmpty() && cursors.isEmpty()) {
            out.onCompleted();
            end();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            cursors.values().forEach(cursor -> cursor.source().close());
            cursors.clear();
            rotation.clear();
            calls.leave(this);
            onEnd.run();
        }
    }

    private void send(ConsumeResponse event) {
        lastSentMs = clock.millis();
        out.onNext(OutboundMessage.of(event));
    }

    /** Half-close: the client has nothing more to say, and goes on reading. */
    @Override
    public void onCompleted() {
        serial.execute(() -> {
            if (!over && open == null) {
                fail(Errors.invalid("the call ended before open was sent"));
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        serial.execute(this::end);
    }
}
