package io.flotilla.broker.history;

import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.NewRecord;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends values to one partition, several at a time, and records what becomes of them, until it is stopped. After an
 * outcome that is not known it goes on under a new name, since order is promised only up to there.
 */
public final class RecordingProducer {
    private static final int IN_FLIGHT = 64;
    private static final int VALUE_BYTES = 200;

    private final History history;
    private final Producer producer;
    private final int partition;
    private final String name;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean rename = new AtomicBoolean();
    private final Thread thread;

    private RecordingProducer(History history, FlotillaClient client, String topic, int partition, String name) {
        this.history = history;
        this.partition = partition;
        this.name = name;
        producer = FlotillaClient.join(client.producer(
                topic, ProducerConfig.DEFAULT.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(60))));
        thread = new Thread(this::run, name);
    }

    public static RecordingProducer start(
            History history, FlotillaClient client, String topic, int partition, String name) {
        RecordingProducer producer = new RecordingProducer(history, client, topic, partition, name);
        producer.thread.start();
        return producer;
    }

    private void run() {
        int life = 0;
        int sequence = 0;
        while (!stopped.get()) {
            room.acquireUninterruptibly();
            if (rename.compareAndSet(true, false)) {
                life++;
                sequence = 0;
            }
            Value value = new Value(name + "." + life, sequence++);
            history.add(new Event.Sent(partition, value));
            var unused = producer.send(partition, NewRecord.of(value.encode(VALUE_BYTES)))
                    .whenComplete((ack, error) -> answered(value, ack, error));
        }
    }

    private void answered(Value value, @Nullable RecordAck ack, @Nullable Throwable error) {
        if (ack != null) {
            history.add(new Event.Acked(partition, value, ack.offset(), System.nanoTime()));
        } else if (error instanceof FlotillaException refused && !refused.ambiguous()) {
            history.add(new Event.Refused(partition, value));
        } else {
            rename.set(true);
        }
        room.release();
    }

    /** Returns when every value has its answer. */
    public void stop() throws InterruptedException {
        stopped.set(true);
        thread.join();
        room.acquire(IN_FLIGHT);
        producer.close();
    }
}
