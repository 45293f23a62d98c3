package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.SettableFuture;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.Position;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OffsetLookupTest {
    private final TestBroker broker = new TestBroker();
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final OffsetLookup lookup = new OffsetLookup(broker.routing(), channels);

    @AfterEach
    void close() {
        channels.close();
    }

    private CompletableFuture<Found> find(Position position, boolean mayForward) {
        return lookup.find(broker.orders(), TestBroker.FIRST, position, mayForward);
    }

    private static FlotillaException refusal(CompletableFuture<Found> answer) {
        return Errors.of(answer.handle((found, error) -> error).join());
    }

    @Test
    void looksUpHereWhatIsLedHere() {
        broker.leads(TestBroker.FIRST, 3);
        broker.append(TestBroker.FIRST, 1000, 1010).join();

        assertThat(find(Position.getDefaultInstance(), true).join())
                .isEqualTo(Found.newBuilder().setOffset(2).setLeaderEpoch(3).build());
    }

    @Test
    void aPositionThatDoesNotExistIsAnErrorOfTheApi() {
        broker.leads(TestBroker.FIRST, 3);

        assertThat(refusal(find(Position.newBuilder().setOffset(7).build(), true))
                        .code())
                .isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
    }

    @Test
    void pointsToTheLeaderWhenItMayNotAskItself() {
        broker.ledBy(2, TestBroker.FIRST, 4);

        FlotillaException refusal = refusal(find(Position.getDefaultInstance(), false));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(refusal.leader()).isNotNull();
    }

    @Test
    void asksNobodyWhenThereIsNoLeader() {
        assertThat(refusal(find(Position.getDefaultInstance(), true)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
    }

    @Test
    void anAnswerOfAnotherBrokerEndsTheWait() {
        SettableFuture<String> call = SettableFuture.create();
        CompletableFuture<String> future = OffsetLookup.future(call);
        assertThat(future).isNotDone();

        call.set("found");

        assertThat(future).isCompletedWithValue("found");
    }

    @Test
    void aCallThatFailsEndsTheWaitToo() {
        SettableFuture<String> call = SettableFuture.create();
        CompletableFuture<String> future = OffsetLookup.future(call);

        call.setException(new IllegalStateException("the connection broke"));

        assertThat(future).isCompletedExceptionally();
    }
}
