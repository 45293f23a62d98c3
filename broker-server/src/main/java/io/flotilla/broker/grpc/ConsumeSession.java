package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One Consume call: what the client asks for goes to its {@link Assignments}, and their batches go out by its {@link Feed}.
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
    private final ServerCallStreamObserver<OutboundMessage> out;
    private final CursorStarts starts;
    private final OpenCalls calls;
    private final Serial serial;
    private final ConsumeEvents events;
    private final boolean forwarded;
    private @Nullable Reading reading; // once it is open
    private boolean handled; // the last request, and the next one not asked for
    private boolean over;
    private Runnable onEnd = () -> {};

    private record Reading(Assignments assignments, Feed feed) {
        void pump() {
            feed.pump(assignments);
        }
    }

    ConsumeSession(
            ServerCallStreamObserver<OutboundMessage> out,
            CursorStarts starts,
            InstantSource clock,
            Executor pool,
            OpenCalls calls) {
        this.out = out;
        this.starts = starts;
        this.calls = calls;
        this.serial = new Serial(pool);
        this.events = new ConsumeEvents(out, clock);
        this.forwarded = Forwarding.isForwarded();
        out.disableAutoRequest();
        out.setOnReadyHandler(() -> serial.execute(this::goOn));
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
                } catch (FlotillaException e) {
                    fail(e);
                }
                handled = true;
                goOn();
            }
        });
    }

    private void handle(ConsumeRequest request) {
        Reading opened = reading;
        if (opened == null) {
            open(request);
            return;
        }
        Assignments partitions = opened.assignments();
        switch (request.getRequestCase()) {
            case OPEN -> throw Errors.invalid("open was sent twice");
            case CREDIT -> opened.feed().grant(request.getCredit().getBytes());
            case ASSIGN -> request.getAssign().getPartitionsList().forEach(partitions::assign);
            case UNASSIGN -> request.getUnassign().getPartitionsList().forEach(partitions::unassign);
            case PAUSE -> request.getPause().getPartitionsList().forEach(partitions::pause);
            case RESUME -> request.getResume().getPartitionsList().forEach(partitions::resume);
            case REQUEST_NOT_SET -> throw Errors.invalid("the message has no request that this broker knows");
        }
    }

    private void open(ConsumeRequest request) {
        if (!request.hasOpen()) {
            throw Errors.invalid("the first message must be open");
        }
        ConsumeRequest.Open terms = request.getOpen();
        Feed feed = new Feed(terms, events, this::readable);
        Assignments assignments = new Assignments(
                starts,
                new Assignments.Terms(terms.getReset(), !forwarded && !terms.getLeaderOnly(), false),
                serial,
                events,
                feed,
                this::complete);
        reading = new Reading(assignments, feed);
        terms.getPartitionsList().forEach(assignments::assign);
    }

    private void readable(PartitionCursor cursor) {
        serial.execute(() -> {
            cursor.wake();
            goOn();
        });
    }

    /** Sends what can be sent, and asks for the next request only while the client takes the answers. */
    private void goOn() {
        Reading opened = reading;
        if (opened != null && !over) {
            opened.pump();
        }
        if (handled && !over && out.isReady()) {
            handled = false;
            out.request(1);
        }
    }

    void heartbeat(int intervalMs) {
        serial.execute(() -> {
            if (!over && reading != null) {
                events.heartbeatIfQuietFor(intervalMs);
            }
        });
    }

    /** A client that has begun a call must say what it wants. */
    void requireOpen() {
        serial.execute(() -> {
            if (reading == null) {
                fail(FlotillaException.of(ErrorCode.ERROR_CODE_TIMED_OUT, "no open message within 10 s"));
            }
        });
    }

    /** Tells the client to go elsewhere; the call goes on until it does, or is failed. */
    @Override
    public void drain(Drain drain) {
        serial.execute(() -> {
            if (!over) {
                events.drain(drain);
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

    private void complete() {
        if (!over) {
            out.onCompleted();
            end();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            Reading opened = reading;
            if (opened != null) {
                opened.assignments().close();
            }
            calls.leave(this);
            onEnd.run();
        }
    }

    /** Half-close: the client has nothing more to say, and goes on reading. */
    @Override
    public void onCompleted() {
        serial.execute(() -> {
            if (reading == null) {
                fail(Errors.invalid("the call ended before open was sent"));
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        serial.execute(this::end);
    }
}
