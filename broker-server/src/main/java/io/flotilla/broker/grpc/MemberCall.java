package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.wire.OutboundMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One Subscribe call: its messages go to its {@link MemberSession}. Owner: its serial execution; requests, wake-ups and
 * timers only post tasks to it.
 */
final class MemberCall implements StreamObserver<SubscribeRequest>, OpenCalls.Call, MemberSession.End {
    private final ServerCallStreamObserver<OutboundMessage> out;
    private final MemberParts parts;
    private final GroupTopic topic;
    private final OpenCalls calls;
    private final MemberCalls members;
    private final String clientHost;
    private final Serial serial;
    private final MemberEvents events;
    private @Nullable MemberSession session; // once it joins
    private String group = ""; // once it joins
    private boolean handled; // the last request, and the next one not asked for
    private boolean halfClosed;
    private boolean over;

    MemberCall(
            ServerCallStreamObserver<OutboundMessage> out,
            MemberParts parts,
            GroupTopic topic,
            String clientHost,
            InstantSource clock,
            Executor pool,
            OpenCalls calls,
            MemberCalls members) {
        this.out = out;
        this.parts = parts;
        this.topic = topic;
        this.calls = calls;
        this.members = members;
        this.clientHost = clientHost;
        this.serial = new Serial(pool);
        this.events = new MemberEvents(out, clock);
        out.disableAutoRequest();
        out.setOnReadyHandler(() -> serial.execute(this::goOn));
        out.setOnCancelHandler(() -> serial.execute(this::end));
        out.request(1);
    }

    @Override
    public void onNext(SubscribeRequest request) {
        serial.execute(() -> {
            if (!over) {
                try {
                    handle(request);
                } catch (FlotillaException e) {
                    failed(e);
                }
                handled = true;
                goOn();
            }
        });
    }

    private void handle(SubscribeRequest request) {
        MemberSession member = session;
        if (member == null) {
            join(request);
            return;
        }
        switch (request.getRequestCase()) {
            case JOIN -> throw Errors.invalid("join was sent twice");
            case ACK ->
                member.ack(
                        request.getAck().getDeliveryIdsList(), request.getAck().getConfirm());
            case COMMIT -> member.commit(request.getCommit());
            case PROGRESS -> member.progress();
            case RELEASED -> member.release(request.getReleased().getPartitionsList());
            case SUBSCRIPTION -> member.subscribe(request.getSubscription());
            case PAUSE -> member.pause(request.getPause().getPartitionsList());
            case RESUME -> member.resume(request.getResume().getPartitionsList());
            case SEEK -> member.seek(request.getSeek().getPartitionsList());
            case REQUEST_NOT_SET -> throw Errors.invalid("the message has no request that this broker knows");
        }
    }

    private void join(SubscribeRequest request) {
        if (!request.hasJoin()) {
            throw Errors.invalid("the first message must be join");
        }
        MemberTerms terms = MemberTerms.of(request.getJoin());
        String memberId = terms.join().getMemberId().isEmpty()
                ? UUID.randomUUID().toString()
                : terms.join().getMemberId();
        MemberSession member = new MemberSession(terms, memberId, clientHost, parts, events, serial, this);
        session = member;
        group = terms.group();
        members.joins(this, group);
        var unused = topic.ensure()
                .whenComplete((there, error) -> serial.execute(() -> {
                    if (error != null) {
                        failed(Errors.of(error));
                    } else if (!over) {
                        member.join();
                    }
                }));
    }

    /** Members or assignments of its group changed. */
    void groupChanged() {
        serial.execute(() -> {
            MemberSession member = session;
            if (member != null && !over) {
                member.groupChanged();
            }
        });
    }

    private void goOn() {
        MemberSession member = session;
        if (member != null && !over) {
            member.pump();
        }
        if (handled && !over && out.isReady()) {
            handled = false;
            out.request(1);
        }
    }

    void heartbeat(int intervalMs) {
        serial.execute(() -> {
            MemberSession member = session;
            if (!over && member != null) {
                member.followPause();
                events.heartbeatIfQuietFor(intervalMs);
            }
        });
    }

    /** A client that has begun a call must say what it wants. */
    void requireJoin() {
        serial.execute(() -> {
            if (session == null) {
                failed(FlotillaException.of(ErrorCode.ERROR_CODE_TIMED_OUT, "no join message within 10 s"));
            }
        });
    }

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
        serial.execute(() -> failed(error));
    }

    /** What is not acked is delivered again elsewhere. */
    @Override
    public boolean isIdle() {
        return true;
    }

    @Override
    public void failed(FlotillaException why) {
        if (!over) {
            out.onError(GrpcErrors.toStatus(why));
            end();
        }
    }

    @Override
    public void left() {
        if (!over) {
            out.onCompleted();
            end();
        }
    }

    private void end() {
        if (!over) {
            over = true;
            MemberSession member = session;
            if (member != null) {
                member.close();
            }
            calls.leave(this);
            members.ended(this, group);
        }
    }

    @Override
    public void onCompleted() {
        serial.execute(() -> {
            MemberSession member = session;
            if (member == null) {
                failed(Errors.invalid("the call ended before join was sent"));
            } else if (!over && !halfClosed) {
                halfClosed = true;
                member.leave();
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        serial.execute(this::end);
    }
}
