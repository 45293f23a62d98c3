package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.grpc.Context;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Set<String> known = new HashSet<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private int rounds;
    private final Answers answers = new Answers(
            () -> {
                rounds++;
                return caughtUp;
            },
            Runnable::run);

    private CompletableFuture<String> lookUp(String topic) {
        return answers.informed(() -> {
            if (!known.contains(topic)) {
                throw Routing.noTopic(topic);
            }
            return CompletableFuture.completedFuture(topic);
        });
    }

    @Test
    void whatIsKnownIsAnsweredAtOnce() {
        known.add("orders");

        assertThat(lookUp("orders")).isCompletedWithValue("orders");
        assertThat(rounds).isZero();
    }

    @Test
    void whatOthersKnowIsAnsweredOnceThisBrokerHasCaughtUp() {
        CompletableFuture<String> answer = lookUp("orders");
        assertThat(answer).isNotDone();

        known.add("orders");
        caughtUp.complete(null);

        assertThat(answer).isCompletedWithValue("orders");
    }

    @Test
    void whatNobodyKnowsIsAnErrorAfterOneRound() {
        CompletableFuture<String> answer = lookUp("orders");
        caughtUp.complete(null);

        assertThat(codeOf(answer)).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(rounds).isEqualTo(1);
    }

    @Test
    void aBrokerThatCannotCatchUpDoesNotSayThatTheTopicDoesNotExist() {
        CompletableFuture<String> answer = lookUp("orders");
        caughtUp.completeExceptionally(FlotillaException.of(ErrorCode.ERROR_CODE_NO_QUORUM, "no leader"));

        assertThat(codeOf(answer)).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
    }

    @Test
    void anErrorOfAnotherKindEndsTheCallAtOnce() {
        CompletableFuture<String> answer = lookUp("no/name");

        assertThat(codeOf(answer)).isEqualTo(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME);
        assertThat(rounds).isZero();
    }

    @Test
    void theSecondLookIsStillPartOfTheCall() throws Exception {
        Context.Key<String> caller = Context.key("caller");
        CompletableFuture<String> answer = Context.current()
                .withValue(caller, "another broker")
                .wrap(() -> answers.informed(() -> {
                    if (known.isEmpty()) {
                        throw Routing.noTopic("orders");
                    }
                    return CompletableFuture.completedFuture(caller.get());
                }))
                .call();

        known.add("orders");
        caughtUp.complete(null);

        assertThat(answer).isCompletedWithValue("another broker");
    }

    private static ErrorCode codeOf(CompletableFuture<?> answer) {
        return Errors.of(catchThrowable(answer::join)).code();
    }
}
