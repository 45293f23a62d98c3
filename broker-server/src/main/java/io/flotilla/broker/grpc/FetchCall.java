package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.Batches;
import io.flotilla.v1.FetchRequest;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One Fetch on the leader: answers when there is enough to read, or when the client has waited long enough. Owner: its
 * serial execution.
 */
final class FetchCall {
    private static final int DEFAULT_MAX_BYTES = 1 << 20;
    private static final int MAX_MAX_BYTES = 8 << 20;
    private static final int DEFAULT_WAIT_MS = 500;
    private static final int MAX_WAIT_MS = 60_000;

    private final FetchRequest request;
    private final PartitionId id;
    private final ServerCallStreamObserver<OutboundMessage> out;
    private final LocalSource source;
    private final ChunkEncoder encoder;
    private final long from;
    private final int minBytes;
    private final int waitMs;
    private final Partition partition;
    private final Serial serial;
    private boolean answered;
    private Runnable stopWaiting = () -> {};
    private Runnable stopTimer = () -> {};

    FetchCall(
            FetchRequest request,
            Topic topic,
            Partition partition,
            Routing routing,
            ServerCallStreamObserver<OutboundMessage> out,
            Executor pool)
            throws LogException {
        this.request = request;
        this.id = new PartitionId(topic.id(), request.getPartition());
        this.out = out;
        this.partition = partition;
        this.source = new LocalSource(partition, routing);
        this.encoder = new ChunkEncoder(
                ChunkEncoder.check(request.getDecode()),
                ChunkEncoder.orDefault(request.getMaxBytes(), DEFAULT_MAX_BYTES, MAX_MAX_BYTES, "max_bytes"));
        this.minBytes = ChunkEncoder.orDefault(request.getMinBytes(), 1, MAX_MAX_BYTES, "min_bytes");
        this.waitMs = request.getMaxWaitMs() == -1
                ? 0
                : ChunkEncoder.orDefault(request.getMaxWaitMs(), DEFAULT_WAIT_MS, MAX_WAIT_MS, "max_wait_ms");
        if (request.getEpoch().hasCurrentLeaderEpoch()) {
            routing.requireEpoch(partition, request.getEpoch().getCurrentLeaderEpoch());
        }
        this.from = Positions.resolve(partition, request.getFrom(), request.getReset());
        this.serial = new Serial(pool);
        out.setOnCancelHandler(() -> serial.execute(this::end));
    }

    void start(ScheduledExecutorService timer) {
        serial.execute(() -> attempt(waitMs == 0));
        if (waitMs > 0) {
            Future<?> deadline =
                    timer.schedule(() -> serial.execute(() -> attempt(true)), waitMs, TimeUnit.MILLISECONDS);
            serial.execute(() -> cancelWhenAnswered(deadline));
        }
    }

    /** Calls that were answered would be kept until then. */
    private void cancelWhenAnswered(Future<?> deadline) {
        if (answered) {
            deadline.cancel(false);
        } else {
            stopTimer = () -> deadline.cancel(false);
        }
    }

    private void attempt(boolean last) {
        if (answered) {
            return;
        }
        try {
            Chunk chunk = source.poll(from, encoder.readBytes(), () -> serial.execute(() -> attempt(false)));
            if (last || isEnough(chunk)) {
                answer(encoder.encode(header(), chunk, from, Long.MAX_VALUE, false)
                        .message());
            } else if (!chunk.isEmpty()) {
                stopWaiting.run();
                stopWaiting = partition.whenReadable(chunk.nextOffset(), () -> serial.execute(() -> attempt(false)));
            }
        } catch (FlotillaException | LogException | io.flotilla.wire.FormatException e) {
            end();
            out.onError(GrpcErrors.toStatus(Errors.of(e)));
        }
    }

    /** As much as was asked for, or as fits: what is left out could be waited for in vain. */
    private boolean isEnough(Chunk chunk) {
        return chunk.frames().size() >= minBytes || (!chunk.isEmpty() && chunk.nextOffset() < chunk.highWatermark());
    }

    private void end() {
        answered = true;
        stopTimer.run();
        stopWaiting.run();
        source.close();
    }

    private Batches.Builder header() {
        return Batches.newBuilder().setTopic(request.getTopic()).setPartition(id.partition());
    }

    private void answer(OutboundMessage message) {
        end();
        out.onNext(message);
        out.onCompleted();
    }
}
