package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
    private final OpenCalls calls = new OpenCalls(2);

    private static final class FakeOpenCall implements OpenCalls.Call {
        private final List<String> told = new ArrayList<>();
        private boolean idle;

        @Override
        public void drain(Drain drain) {
            told.add("drain");
        }

        @Override
        public void end(FlotillaException error) {
            told.add("end " + error.code());
        }

        @Override
        public boolean isIdle() {
            return idle;
        }
    }

    private FakeOpenCall enter() {
        calls.enter();
        FakeOpenCall call = new FakeOpenCall();
        calls.add(call);
        return call;
    }

    private ErrorCode refused() {
        return catchThrowableOfType(FlotillaException.class, calls::enter).code();
    }

    @Test
    void takesNoMoreThanItMay() {
        enter();
        enter();

        assertThat(refused()).isEqualTo(ErrorCode.ERROR_CODE_TOO_MANY_STREAMS);
        assertThat(calls.count()).isEqualTo(2);
    }

    @Test
    void aCallThatLeavesMakesRoomOnce() {
        FakeOpenCall first = enter();
        enter();

        calls.leave(first);
        calls.leave(first);
        enter();

        assertThat(refused()).isEqualTo(ErrorCode.ERROR_CODE_TOO_MANY_STREAMS);
    }

    @Test
    void drainingTellsAllCallsAndTakesNoMore() {
        FakeOpenCall first = enter();

        calls.drain(Drain.getDefaultInstance());

        assertThat(first.told).containsExactly("drain");
        assertThat(calls.draining()).isTrue();
        assertThat(refused()).isEqualTo(ErrorCode.ERROR_CODE_DRAINING);
        assertThat(calls.count()).isOne();
    }

    @Test
    void allAreIdleWhenEachIs() {
        FakeOpenCall first = enter();
        FakeOpenCall second = enter();
        first.idle = true;
        assertThat(calls.allIdle()).isFalse();

        calls.leave(second);

        assertThat(calls.allIdle()).isTrue();
    }

    @Test
    void endsAllThatAreLeft() {
        FakeOpenCall first = enter();
        FakeOpenCall second = enter();
        calls.leave(second);

        calls.endAll();

        assertThat(first.told).containsExactly("end ERROR_CODE_DRAINING");
        assertThat(second.told).isEmpty();
    }
}
