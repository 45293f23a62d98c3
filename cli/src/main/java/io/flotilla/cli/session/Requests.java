package io.flotilla.cli.session;

import io.flotilla.client.FlotillaClient;
import io.flotilla.error.FlotillaException;
import java.util.concurrent.CompletableFuture;

/** Waits for what the cluster answers. */
public final class Requests {
    private Requests() {}

    /**
     * The answer to a question.
     *
     * @param what the question is for, to go after "cannot": {@code list topics}
     * @throws CommandFailure if the request fails
     */
    public static <T> T ask(String what, CompletableFuture<T> answer) {
        try {
            return FlotillaClient.join(answer);
        } catch (FlotillaException e) {
            throw new CommandFailure(Problem.ofQuestion("cannot " + what, e), e);
        }
    }

    /**
     * The outcome of a change.
     *
     * @param what the request is to do, to go after "cannot": {@code create topic web}
     * @throws CommandFailure if the request fails, or if it is not known whether it has
     */
    public static <T> T change(String what, CompletableFuture<T> outcome) {
        try {
            return FlotillaClient.join(outcome);
        } catch (FlotillaException e) {
            throw new CommandFailure(Problem.ofChange("cannot " + what, e), e);
        }
    }
}
