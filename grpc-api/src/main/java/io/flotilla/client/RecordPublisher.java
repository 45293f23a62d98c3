package io.flotilla.client;

import io.flotilla.record.StoredRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The records of a group as a reactive stream: each subscriber is a member of the group, and gets as many records as it
 * requests. To cancel is to leave.
 */
final class RecordPublisher implements Flow.Publisher<ReceivedRecord> {
    private final Supplier<GroupConsumer> members;

    RecordPublisher(Supplier<GroupConsumer> members) {
        this.members = members;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ReceivedRecord> subscriber) {
        Feeding feeding = new Feeding(subscriber, members.get());
        subscriber.onSubscribe(feeding);
        Thread thread = new Thread(feeding::run, "flotilla-publisher");
        thread.setDaemon(true);
        thread.start();
    }

    /** One subscription; all its signals come from one thread. */
    private static final class Feeding implements Flow.Subscription {
        private static final Duration POLL = Duration.ofMillis(200);

        private final Flow.Subscriber<? super ReceivedRecord> subscriber;
        private final GroupConsumer consumer;
        private final DeliveryProgress progress = new DeliveryProgress();
        private final Deque<ReceivedRecord> ready = new ArrayDeque<>(); // owner: the thread
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        // guarded by the lock
        private long demand;
        private boolean cancelled;
        private boolean refused;

        Feeding(Flow.Subscriber<? super ReceivedRecord> subscriber, GroupConsumer consumer) {
            this.subscriber = subscriber;
            this.consumer = consumer;
        }

        @Override
        public void request(long n) {
            lock.lock();
            try {
                refused |= n <= 0;
                demand = n <= 0 || demand + n < 0 ? Long.MAX_VALUE : demand + n;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                cancelled = true;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        void run() {
            try (consumer) {
                while (takeDemand()) {
                    ReceivedRecord next = next();
                    if (next == null) {
                        return;
                    }
                    subscriber.onNext(next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                subscriber.onError(e);
            }
        }

        /** Waits until a record is wanted; false when none is wanted any more. */
        private boolean takeDemand() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (demand == 0 && !cancelled) {
                    changed.await();
                }
                if (refused) {
                    throw new IllegalArgumentException("request(n) needs an n of 1 or more");
                }
                demand--;
                return !cancelled;
            } finally {
                lock.unlock();
            }
        }

        private boolean isCancelled() {
            lock.lock();
            try {
                return cancelled;
            } finally {
                lock.unlock();
            }
        }

        private @org.jspecify.annotations.Nullable ReceivedRecord next() throws InterruptedException {
            while (ready.isEmpty() && !isCancelled() && !consumer.isClosed()) {
                Delivery delivery = consumer.poll(POLL);
                if (delivery != null) {
                    var records = delivery.records();
                    Runnable done = progress.begin(delivery, records.size());
                    for (StoredRecord stored : records) {
                        ready.add(new ReceivedRecord(delivery.partition(), stored, done));
                    }
                }
            }
            return isCancelled() ? null : ready.poll();
        }
    }
}
