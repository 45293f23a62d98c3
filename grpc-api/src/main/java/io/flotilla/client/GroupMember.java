package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.v1.Batches;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Ack;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeRequest.Progress;
import io.flotilla.v1.SubscribeRequest.Released;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundMemberEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A membership over however many streams it takes: when one breaks, or its broker drains, the next one goes to another
 * broker with the same member id. What this member has processed is not handed out a second time when it is delivered
 * again. Owned by the loop, but for {@link #taken}.
 */
final class GroupMember implements MemberStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
    private static final List<Compression> ALL_CODECS = List.of(
            Compression.COMPRESSION_GZIP,
            Compression.COMPRESSION_SNAPPY,
            Compression.COMPRESSION_LZ4,
            Compression.COMPRESSION_ZSTD);
    private static final int MAX_GRPC_MESSAGE_BYTES = 16 << 20;

    private final ConsumerConfig config;
    private final Brokers brokers;
    private final Connections connections;
    private final ClientLoop loop;
    private final DeliveryQueue queue;
    private final Backoff backoff;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Map<TopicPartition, Long> processed = new HashMap<>(); // next offset
    private final Map<TopicPartition, Integer> inHand = new ConcurrentHashMap<>(); // taken from the queue, not acked
    private final Set<TopicPartition> revoked = new HashSet<>();
    private final List<Long> acks = new ArrayList<>();
    private String memberId = "";
    private long partedAt;
    private volatile int streams;
    private boolean leaving;
    private @Nullable MemberStream stream;

    GroupMember(
            ConsumerConfig config,
            Brokers brokers,
            Connections connections,
            ClientLoop loop,
            RandomGenerator random,
            DeliveryQueue queue) {
        this.config = config;
        this.brokers = brokers;
        this.connections = connections;
        this.loop = loop;
        this.queue = queue;
        this.backoff = new Backoff(random);
    }

    void join() {
        if (leaving || over.isDone()) {
            return;
        }
        int number = streams + 1;
        streams = number;
        queue.removeIf(delivery -> true); // they will be delivered again
        inHand.clear();
        revoked.clear();
        acks.clear();
        MemberStream next = MemberStream.open(brokers.current(), number, connections, loop, this);
        stream = next;
        next.send(SubscribeRequest.newBuilder()
                .setJoin(Join.newBuilder()
                        .setGroup(config.group())
                        .setSubscription(config.subscription())
                        .setMemberId(memberId)
                        .setInstanceId(config.instanceId())
                        .setClientId(config.clientId())
                        .setSessionTimeoutMs((int) config.sessionTimeout().toMillis())
                        .setProcessingTimeoutMs((int) config.processingTimeout().toMillis())
                        .setMaxUnackedBytes(config.windowBytes())
                        .setReset(config.reset())
                        .setMode(
                                config.atMostOnce()
                                        ? DeliveryMode.DELIVERY_MODE_AT_MOST_ONCE
                                        : DeliveryMode.DELIVERY_MODE_INLINE)
                        .setAssignor(config.assignor())
                        .setDecode(DecodeOptions.newBuilder()
                                .addAllAccept(ALL_CODECS)
                                .setMaxMessageBytes(MAX_GRPC_MESSAGE_BYTES))));
    }

    // ---- what the broker says

    @Override
    public void delivery(MemberStream from, InboundMemberEvent.Delivery delivery) {
        if (from != stream) {
            return;
        }
        Batches header = delivery.frames().header();
        TopicPartition partition = new TopicPartition(header.getTopic(), header.getPartition());
        long done = processed.getOrDefault(partition, 0L);
        List<ReadBatch> batches = new ArrayList<>();
        try {
            byte[] bytes = delivery.frames().bytes();
            for (BatchFrame frame : new BatchFrames(bytes, delivery.frames().from(), bytes.length)) {
                frame.verifyBody();
                if (frame.nextOffset() > done) {
                    batches.add(new ReadBatch(partition, frame, done, Long.MAX_VALUE, header.getHighWatermark()));
                }
            }
        } catch (FormatException e) {
            from.cancel();
            ended(from, FlotillaException.of(e.code(), "%s: %s".formatted(partition, e.getMessage())));
            return;
        }
        if (batches.isEmpty()) {
            acknowledge(delivery.id()); // all of it was processed before the last stream broke
        } else {
            queue.add(new Delivery(
                    partition, batches, header.getNextOffset(), delivery.id(), from.number(), this::acked));
        }
    }

    @Override
    public void event(MemberStream from, SubscribeResponse event) {
        if (from != stream) {
            return;
        }
        switch (event.getEventCase()) {
            case JOINED -> joined(event.getJoined());
            case REVOCATION ->
                event.getRevocation().getPartitionsList().forEach(partition -> revoke(TopicPartition.of(partition)));
            case PROBLEM ->
                log.warn(
                        "group {}: {}/{}: {}",
                        config.group(),
                        event.getProblem().getPartition().getTopic(),
                        event.getProblem().getPartition().getPartition(),
                        event.getProblem().getError().getMessage());
            case DRAIN -> moveOn(from);
            default -> {
                // of no interest to a member that reads by this stream
            }
        }
    }

    private void joined(SubscribeResponse.Joined joined) {
        boolean evicted = !memberId.isEmpty()
                && loop.nanoTime() - partedAt > config.sessionTimeout().toNanos();
        if (evicted) {
            processed.clear(); // others may have gone on, and positions may have been moved on purpose
        }
        memberId = joined.getMemberId();
        backoff.reset();
    }

    /** What nobody has begun to process is given up at once, the rest as soon as it is acked. */
    private void revoke(TopicPartition partition) {
        queue.removeIf(delivery -> delivery.partition().equals(partition));
        if (inHand.getOrDefault(partition, 0) == 0) {
            release(partition);
        } else {
            revoked.add(partition);
        }
    }

    private void release(TopicPartition partition) {
        revoked.remove(partition);
        flushAcks();
        send(SubscribeRequest.newBuilder().setReleased(Released.newBuilder().addPartitions(partition.toProto())));
    }

    private void moveOn(MemberStream from) {
        flushAcks();
        brokers.moveOnFrom(from.endpoint());
        from.cancel();
        stream = null;
        partedAt = loop.nanoTime();
        join();
    }

    @Override
    public void ended(MemberStream from, @Nullable FlotillaException error) {
        if (from != stream) {
            return;
        }
        stream = null;
        partedAt = loop.nanoTime();
        if (leaving || error == null) {
            end(
                    leaving
                            ? null
                            : FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "the broker ended the membership"));
        } else if (error.retriable() || error.ambiguous() || error.code() == ErrorCode.ERROR_CODE_UNSPECIFIED) {
            log.debug("group {}: joining again after {}", config.group(), error.getMessage());
            brokers.moveOnFrom(from.endpoint());
            loop.schedule(backoff.next(error.retryAfterMs()), this::join);
        } else {
            end(error);
        }
    }

    private void end(@Nullable FlotillaException why) {
        queue.end(why);
        over.complete(null);
    }

    // ---- what the application says

    /** For the queue: the delivery is now the application's. On any thread. */
    void taken(Delivery delivery) {
        if (delivery.stream() == streams) {
            inHand.merge(delivery.partition(), 1, Integer::sum);
        }
    }

    /** On any thread. */
    private void acked(Delivery delivery) {
        loop.execute(() -> {
            processed.merge(delivery.partition(), delivery.nextOffset(), Math::max);
            if (delivery.stream() != streams) {
                return; // it is delivered again, and then known to be done
            }
            inHand.computeIfPresent(delivery.partition(), (partition, count) -> count > 1 ? count - 1 : null);
            acknowledge(delivery.id());
            if (revoked.contains(delivery.partition()) && !inHand.containsKey(delivery.partition())) {
                release(delivery.partition());
            }
        });
    }

    /** Acks that come close together go out together. */
    private void acknowledge(long id) {
        acks.add(id);
        if (acks.size() == 1) {
            loop.execute(this::flushAcks);
        }
    }

    private void flushAcks() {
        if (!acks.isEmpty()) {
            send(SubscribeRequest.newBuilder().setAck(Ack.newBuilder().addAllDeliveryIds(acks)));
            acks.clear();
        }
    }

    /** The application is still at work on what it has. */
    void progress() {
        send(SubscribeRequest.newBuilder().setProgress(Progress.getDefaultInstance()));
    }

    private void send(SubscribeRequest.Builder request) {
        MemberStream now = stream;
        if (now != null) {
            now.send(request);
        }
    }

    /** Leaves the group once what was acked is committed; completes when that is done. */
    CompletableFuture<Void> leave() {
        if (!leaving) {
            leaving = true;
            MemberStream now = stream;
            if (now == null) {
                end(null);
            } else {
                flushAcks();
                queue.removeIf(delivery -> true);
                now.halfClose();
            }
        }
        return over;
    }

    /** Is gone without a word. */
    void abandon() {
        leaving = true;
        MemberStream now = stream;
        if (now != null) {
            now.cancel();
            stream = null;
        }
        end(null);
    }
}
