package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The long-lived calls of this broker: counted, so that they stay few enough, and told when the broker drains. */
final class OpenCalls {
    private final int max;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /** A call that can be asked to end. */
    interface Call {
        void drain(Drain drain);

        /** Ends it now. */
        void end(FlotillaException error);

        /** Whether nothing it was sent is unanswered. */
        boolean isIdle();
    }

    OpenCalls(int max) {
        this.max = max;
    }

    /** Makes room for one more call; each that gets it must give it back once. */
    void enter() {
        if (draining) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_DRAINING, "this broker is shutting down; connect to another one");
        }
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_TOO_MANY_STREAMS,
                    "this broker has %d open streams and takes no more (fetch.max-streams); share streams"
                            .formatted(max));
        }
    }

    void add(Call call) {
        calls.add(call);
    }

    void leave(Call call) {
        if (calls.remove(call)) {
            count.decrementAndGet();
        }
    }

    /** Takes no more calls, and tells those there are. */
    void drain(Drain drain) {
        draining = true;
        calls.forEach(call -> call.drain(drain));
    }

    boolean allIdle() {
        return calls.stream().allMatch(Call::isIdle);
    }

    void endAll() {
        FlotillaException error = FlotillaException.of(
                ErrorCode.ERROR_CODE_DRAINING, "this broker is shutting down; connect to another one");
        calls.forEach(call -> call.end(error));
    }

    boolean draining() {
        return draining;
    }

    int count() {
        return count.get();
    }
}
