package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.record.StoredRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group whose records go to a handler, on threads of its own. A record counts as processed when the handler
 * returns; what is not processed when the member goes is delivered to another one. Safe for any thread.
 */
public final class Subscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(30);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final GroupConsumer consumer;
    private final HandlerConfig config;
    private final RecordHandler handler;
    private final @Nullable DeadLetters deadLetters;
    private final DeliveryProgress progress = new DeliveryProgress();
    private final List<ExecutorService> lanes;
    private final Thread dispatcher;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicInteger rotation = new AtomicInteger();
    private volatile boolean closing;

    Subscription(FlotillaClient client, GroupConsumer consumer, HandlerConfig config, RecordHandler handler) {
        this.consumer = consumer;
        this.config = config;
        this.handler = handler;
        String topic = config.retry().deadLetterTopic();
        this.deadLetters = topic.isEmpty() ? null : new DeadLetters(client, topic);
        int number = COUNT.incrementAndGet();
        this.lanes = IntStream.range(0, config.threads())
                .mapToObj(lane -> Executors.newSingleThreadExecutor(
                        task -> daemon(task, "flotilla-handler-%d-%d".formatted(number, lane))))
                .toList();
        this.dispatcher = daemon(this::dispatch, "flotilla-subscription-" + number);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        dispatcher.start();
    }

    /** Completes when the subscription is closed; fails with what it ended with otherwise: the handler's failure, say. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    private void dispatch() {
        try {
            while (!closing) {
                Delivery delivery = consumer.poll(POLL);
                if (delivery != null) {
                    dispatch(delivery);
                } else if (consumer.isClosed()) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void dispatch(Delivery delivery) {
        List<StoredRecord> records = delivery.records();
        Runnable done = progress.begin(delivery, records.size());
        for (StoredRecord record : records) {
            lane(delivery.partition(), record.key()).execute(() -> process(delivery.partition(), record, done));
        }
    }

    private ExecutorService lane(TopicPartition partition, @Nullable ByteString key) {
        int number = switch (config.ordering()) {
            case BY_PARTITION -> partition.hashCode();
            case BY_KEY -> 31 * partition.hashCode() + (key == null ? 0 : key.hashCode());
            case NONE -> rotation.getAndIncrement();
        };
        return lanes.get(Math.floorMod(number, lanes.size()));
    }

    private void process(TopicPartition partition, StoredRecord record, Runnable done) {
        for (int attempt = 1; !closing; attempt++) {
            try {
                handle(partition, record);
                done.run();
                return;
            } catch (InterruptedException e) {
                return; // closing: somebody else will process it
            } catch (Exception e) {
                if (attempt > config.retry().retries()) {
                    giveUp(partition, record, e, done);
                    return;
                }
                log.debug("{}@{}: attempt {} failed", partition, record.offset(), attempt, e);
                if (!pause(config.retry().waitBefore(attempt))) {
                    return;
                }
            }
        }
    }

    private void handle(TopicPartition partition, StoredRecord record) throws Exception {
        long start = consumer.nanoTime();
        try {
            handler.handle(partition, record);
        } finally {
            consumer.handled(partition, start);
        }
    }

    private boolean pause(Duration wait) {
        consumer.progress();
        try {
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void giveUp(TopicPartition partition, StoredRecord record, Exception why, Runnable done) {
        DeadLetters letters = deadLetters;
        if (letters == null) {
            fail(why);
            return;
        }
        try {
            letters.write(partition, record, why);
            log.warn("{}@{} goes to the dead-letter topic", partition, record.offset(), why);
            done.run();
        } catch (RuntimeException e) {
            e.addSuppressed(why);
            fail(e);
        }
    }

    /** Ends everything but the threads that call this. */
    private void fail(Exception why) {
        if (!ended.isDone()) {
            log.error("the subscription ends", why);
            closing = true;
            lanes.forEach(ExecutorService::shutdownNow);
            daemon(
                            () -> {
                                consumer.close();
                                closeLetters();
                                ended.completeExceptionally(why);
                            },
                            "flotilla-subscription-end")
                    .start();
        }
    }

    /** Takes no more records, lets the handler finish the one it is at, and leaves the group. */
    @Override
    public void close() {
        closing = true;
        dispatcher.interrupt();
        lanes.forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService lane : lanes) {
                if (!lane.awaitTermination(FINISH_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    lane.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        closeLetters();
        ended.complete(null);
    }

    private void closeLetters() {
        DeadLetters letters = deadLetters;
        if (letters != null) {
            letters.close();
        }
    }
}
