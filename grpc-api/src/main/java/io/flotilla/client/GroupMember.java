package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundMemberEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A membership over however many streams it takes: when one breaks, or its broker drains, the next one goes to another
 * broker with the same member id. What its records are and where they come from is its {@link MemberFeed}'s. Owned by the
 * loop.
 */
final class GroupMember implements MemberStream.Listener, MemberFeed.Member {
    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
    private static final List<Compression> ALL_CODECS = List.of(
            Compression.COMPRESSION_GZIP,
            Compression.COMPRESSION_SNAPPY,
            Compression.COMPRESSION_LZ4,
            Compression.COMPRESSION_ZSTD);
    private static final int PATIENT_ATTEMPTS = 4;
    private static final int MAX_GRPC_MESSAGE_BYTES = 16 << 20;

    private final ConsumerConfig config;
    private final Brokers brokers;
    private final Connections connections;
    private final ClientLoop loop;
    private final DeliveryQueue queue;
    private final MemberFeed feed;
    private final Backoff backoff;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private String memberId = "";
    private ClientLoop.Timer apart = ClientLoop.Timer.NONE; // pending while there is no stream, for the session timeout
    private int attempts; // since it was last in its group
    private volatile @Nullable FlotillaException trouble; // for any thread
    private boolean leaving;
    private boolean returning;
    private @Nullable MemberStream stream;

    /** @param reading makes what reads from leaders into the sink it is given */
    GroupMember(
            ConsumerConfig config,
            Brokers brokers,
            Connections connections,
            ClientLoop loop,
            RandomGenerator random,
            DeliveryQueue queue,
            Function<ReadAssignments.Sink, ReadAssignments> reading) {
        this.config = config;
        this.brokers = brokers;
        this.connections = connections;
        this.loop = loop;
        this.queue = queue;
        this.backoff = new Backoff(random);
        this.feed = feed(reading);
    }

    /** To commit before a delivery is handed out, as at most once needs it, is the broker's work between reading and sending. */
    private MemberFeed feed(Function<ReadAssignments.Sink, ReadAssignments> reading) {
        if (config.atMostOnce()) {
            return brokerFeed(DeliveryMode.DELIVERY_MODE_AT_MOST_ONCE);
        }
        return config.singleEndpoint()
                ? brokerFeed(DeliveryMode.DELIVERY_MODE_INLINE)
                : new LeaderFeed(config, this, queue, loop, connections.meters(), reading);
    }

    private MemberFeed brokerFeed(DeliveryMode mode) {
        return new BrokerFeed(config.group(), mode, this, queue, loop, connections.meters());
    }

    void join() {
        if (leaving || over.isDone()) {
            return;
        }
        returning = false;
        feed.connecting();
        MemberStream next = MemberStream.open(brokers.current(), connections, loop, this);
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
                        .setMode(feed.mode())
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
        try {
            feed.delivery(delivery);
        } catch (FormatException e) {
            failed(FlotillaException.of(e.code(), String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void event(MemberStream from, SubscribeResponse event) {
        if (from != stream) {
            return;
        }
        switch (event.getEventCase()) {
            case JOINED -> joined(event.getJoined());
            case ASSIGNMENT -> feed.assigned(event.getAssignment());
            case REVOCATION -> {
                Duration grace = Duration.ofMillis(event.getRevocation().getDeadlineMs());
                event.getRevocation()
                        .getPartitionsList()
                        .forEach(partition -> feed.revoked(TopicPartition.of(partition), grace));
            }
            case COMMITTED -> feed.committed(event.getCommitted());
            case PROBLEM -> problem(event.getProblem());
            case PAUSED -> feed.paused(event.getPaused().getUntilMs() > 0);
            case DRAIN -> moveOn(from);
            default -> {
                // of no interest
            }
        }
    }

    private void joined(SubscribeResponse.Joined joined) {
        apart.cancel();
        attempts = 0;
        trouble = null;
        memberId = joined.getMemberId();
        backoff.reset();
    }

    private void problem(SubscribeResponse.Problem problem) {
        FlotillaException error = FlotillaException.fromError(problem.getError());
        TopicPartition partition = TopicPartition.of(problem.getPartition());
        log.warn("group {}: {}: {}", config.group(), partition, error.getMessage());
        feed.problem(partition, error);
    }

    private void moveOn(MemberStream from) {
        from.cancel();
        part(from);
        join();
    }

    @Override
    public void ended(MemberStream from, @Nullable FlotillaException error) {
        if (from != stream) {
            return;
        }
        stream = null;
        if (error != null) {
            connections.meters().streamEnded("member", error.code());
        }
        if (leaving) {
            end(null);
        } else if (returning) {
            feed.expelled();
            loop.schedule(backoff.next(0), this::join);
        } else if (error == null) {
            end(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "the broker ended the membership"));
        } else if (error.retriable() || error.ambiguous() || error.code() == ErrorCode.ERROR_CODE_UNSPECIFIED) {
            troubled(error);
            if (isExpulsion(error.code())) {
                feed.expelled();
            }
            part(from);
            loop.schedule(backoff.next(error.retryAfterMs()), this::join);
        } else {
            end(error);
        }
    }

    /** A broker that goes, or a leader that changes, is not worth a word; what lasts is, ever more rarely. */
    private void troubled(FlotillaException error) {
        attempts++;
        if (attempts < PATIENT_ATTEMPTS) {
            log.debug("group {}: joining again after {}", config.group(), error.getMessage());
            return;
        }
        trouble = error;
        if (Integer.bitCount(attempts) == 1) {
            log.warn("group {}: cannot join for now, trying on: {}", config.group(), error.getMessage());
        }
    }

    /** Why it is not in its group, if it was not for some attempts. On any thread. */
    @Nullable
    FlotillaException trouble() {
        return trouble;
    }

    private static boolean isExpulsion(ErrorCode code) {
        return code == ErrorCode.ERROR_CODE_UNKNOWN_MEMBER
                || code == ErrorCode.ERROR_CODE_MEMBER_FENCED
                || code == ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT
                || code == ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE;
    }

    /** The next stream goes elsewhere; if it does not begin within the session timeout, the partitions are not ours. */
    private void part(MemberStream from) {
        stream = null;
        brokers.moveOnFrom(from.endpoint());
        if (!apart.isPending()) {
            apart = loop.schedule(config.sessionTimeout(), feed::expelled);
        }
    }

    private void end(@Nullable FlotillaException why) {
        apart.cancel();
        feed.close();
        queue.end(why);
        over.complete(null);
    }

    // ---- what the feed says

    @Override
    public void send(SubscribeRequest.Builder request) {
        MemberStream now = stream;
        if (now != null) {
            now.send(request);
        }
    }

    @Override
    public void timedOut() {
        MemberStream now = stream;
        log.warn(
                "group {}: no ack and no progress within {} (processingTimeout); the partitions go to others",
                config.group(),
                config.processingTimeout());
        if (now != null && !leaving && !returning) {
            returning = true;
            feed.finish(now::halfClose);
        }
    }

    @Override
    public void failed(FlotillaException why) {
        MemberStream now = stream;
        if (now != null) {
            now.cancel();
            stream = null;
        }
        end(why);
    }

    // ---- what the application says

    /** The application is still at work on what it has. */
    void progress() {
        feed.progress();
    }

    /** Leaves the group once what was acked is committed; completes when that is done. */
    CompletableFuture<Void> leave() {
        if (!leaving) {
            leaving = true;
            MemberStream now = stream;
            if (now == null) {
                end(null);
            } else {
                feed.finish(now::halfClose);
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
