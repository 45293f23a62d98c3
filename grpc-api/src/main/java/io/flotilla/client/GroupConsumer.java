package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group that asks for its records: {@link #poll}, process, {@link Delivery#ack}. At least once: what is not
 * acked when the member goes is delivered to another one. The membership lives as long as this object, whether it is
 * polled or not; a delivery must be acked within {@link ConsumerConfig#processingTimeout}. Safe for any thread.
 */
public final class GroupConsumer implements AutoCloseable {
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(10);

    private final String group;
    private final ClientMeters meters;
    private final GroupMember member;
    private final DeliveryQueue queue;
    private final ClientLoop loop;
    private final Consumer<GroupConsumer> onClose;

    GroupConsumer(
            String group,
            ClientMeters meters,
            GroupMember member,
            DeliveryQueue queue,
            ClientLoop loop,
            Consumer<GroupConsumer> onClose) {
        this.group = group;
        this.meters = meters;
        this.member = member;
        this.queue = queue;
        this.loop = loop;
        this.onClose = onClose;
    }

    /**
     * The next delivery; those of one partition come in order.
     *
     * @return null if none came in time, or the consumer is closed
     * @throws FlotillaException if the membership has ended for good: the terms were refused, or a batch is damaged
     */
    public @Nullable Delivery poll(Duration maxWait) throws InterruptedException {
        Delivery delivery = queue.poll(maxWait);
        if (delivery != null) {
            delivery.takenAt(loop.nanoTime());
            meters.taken(group, delivery);
        }
        return delivery;
    }

    /** A handler was at work for the member. */
    void handled(TopicPartition partition, long sinceNanos) {
        meters.handled(group, partition.topic(), loop.nanoTime() - sinceNanos);
    }

    /** For {@link #handled}. */
    long nanoTime() {
        return loop.nanoTime();
    }

    /** Says that a delivery takes longer: its processing timeout begins anew. */
    public void progress() {
        loop.execute(member::progress);
    }

    /**
     * Why this member is not in its group at the moment, if it has tried in vain several times: there is no room, say, or no
     * broker can be reached. It goes on trying. Null while all is well.
     */
    public @Nullable FlotillaException trouble() {
        return member.trouble();
    }

    /** Whether nothing more will come. */
    public boolean isClosed() {
        return queue.isEnded();
    }

    /** Leaves the group: what was acked is committed, and other members take over at once. Waits for that, at most 10 s. */
    @Override
    public void close() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        loop.execute(() -> {
            var unused = member.leave().whenComplete((done, error) -> left.complete(null));
        });
        left.completeOnTimeout(null, LEAVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        loop.execute(member::abandon);
        queue.end(null);
        onClose.accept(this);
    }
}
