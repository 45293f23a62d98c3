package io.flotilla.cli.session;

import io.flotilla.client.FlotillaClient;
import io.flotilla.error.FlotillaException;
import java.util.concurrent.CompletableFuture;

/** Waits for what the cluster answers. */
public final class Requests {
    private Requests() {}

    /**
     * The answer.
     *
     * @param what the request is to do, to go after "cannot": {@code create topic web}
     * @throws CommandFailure if the request fails
     */
    public static <T> T await(String what, CompletableFuture<T> answer) {
        try {
            return FlotillaClient.join(answer);
        } catch (FlotillaException e) {
            throw failure(what, e);
        }
    }

    /** How a request that failed ends the command. */
    public static CommandFailure failure(String what, FlotillaException error) {
        return new CommandFailure(Problem.of("cannot " + what, error), error);
    }
}
