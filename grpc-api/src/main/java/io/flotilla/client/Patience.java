package io.flotilla.client;

import java.time.Duration;

/**
 * How long an application may keep what was delivered to it without acking anything, or saying that it is at work. Owned by
 * the loop.
 */
final class Patience {
    private final Duration limit;
    private final ClientLoop loop;
    private final Runnable onExhausted;
    private ClientLoop.Timer timer = ClientLoop.Timer.NONE;
    private long since;
    private int open;
    private boolean suspended;

    /** @param onExhausted called on the loop */
    Patience(Duration limit, ClientLoop loop, Runnable onExhausted) {
        this.limit = limit;
        this.loop = loop;
        this.onExhausted = onExhausted;
    }

    /** One more delivery waits for its ack. */
    void delivered() {
        if (open == 0) {
            since = loop.nanoTime();
        }
        open++;
        if (!timer.isPending()) {
            timer = loop.schedule(limit, this::check);
        }
    }

    /** So many deliveries wait no longer. */
    void settled(int deliveries) {
        open -= deliveries;
    }

    /** The application has shown that it is at work. */
    void renew() {
        since = loop.nanoTime();
    }

    /** While true, nothing is expected of the application. */
    void suspend(boolean now) {
        if (suspended && !now) {
            renew();
        }
        suspended = now;
    }

    void stop() {
        timer.cancel();
    }

    private void check() {
        if (open == 0) {
            return;
        }
        long leftNanos = since + limit.toNanos() - loop.nanoTime();
        if (suspended || leftNanos > 0) {
            timer = loop.schedule(suspended ? limit : Duration.ofNanos(leftNanos), this::check);
        } else {
            onExhausted.run();
        }
    }
}
