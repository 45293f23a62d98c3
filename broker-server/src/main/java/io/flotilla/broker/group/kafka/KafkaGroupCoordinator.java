package io.flotilla.broker.group.kafka;

import io.flotilla.broker.config.GroupConfig;
import io.flotilla.broker.group.GroupCoordinator;
import io.flotilla.broker.group.OffsetsTopic;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.MemberBeat;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.v1.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache Kafka's group coordinator behind our interface.
 *
 * <p>Its elections, resignations and metadata are told by one thread of its own, in order, since telling may block.
 */
public final class KafkaGroupCoordinator implements GroupCoordinator {
    private static final Logger log = LoggerFactory.getLogger(KafkaGroupCoordinator.class);

    private static final int JOIN = 0; // as the epoch of a member

    private final CoordinatorSettings settings;
    private final GroupCensus census;
    private final GroupMeters meters;
    private final int maxGroups;
    private final Consumer<Set<String>> onChange;
    private final OffsetsLogs logs = new OffsetsLogs();
    private final TopicImages images = new TopicImages();
    private final ExecutorService teller;
    private final ExecutorService loaders;
    private final GroupCoordinatorService kafka;
    private volatile int partitions; // of the offsets topic; 0 = there is none yet
    private volatile boolean started; // by the teller

    /** @param onChange told the groups whose members or assignments changed; on any thread, and must be quick */
    public KafkaGroupCoordinator(
            int nodeId, GroupConfig config, MeterRegistry registry, Consumer<Set<String>> onChange) {
        this.settings = new CoordinatorSettings(config);
        this.maxGroups = config.maxGroups();
        this.census = new GroupCensus(maxGroups);
        this.meters = new GroupMeters(registry, census);
        this.onChange = onChange;
        this.teller = Executors.newSingleThreadExecutor(task -> daemon(task, "groups-" + nodeId));
        this.loaders = Executors.newSingleThreadExecutor(task -> daemon(task, "groups-loader-" + nodeId));
        this.kafka = new GroupCoordinatorService.Builder(nodeId, settings.kafka())
                .withWriter(logs)
                .withLoader(new OffsetsLoader(logs::find, loaders, meters::loaded))
                .withTime(Time.SYSTEM)
                .withTimer(new SystemTimerReaper("groups-timer-" + nodeId, new SystemTimer("groups-" + nodeId)))
                .withCoordinatorRuntimeMetrics(meters.runtime())
                .withGroupCoordinatorMetrics(meters.groups())
                .withGroupConfigManager(settings.groups())
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(Optional.empty())
                .withPartitionMetadataClient(new NoShareGroups())
                .build();
    }

    /** Latest offsets are asked for by share groups only. */
    private static final class NoShareGroups implements PartitionMetadataClient {
        @Override
        public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> names) {
            return Map.of();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void metadataChanged(MetadataImage image) {
        tell(() -> {
            image.topics()
                    .find(OffsetsTopic.NAME)
                    .ifPresent(topic -> partitions = topic.partitions().size());
            if (!started && partitions > 0) {
                started = true;
                kafka.startup(() -> partitions);
            }
            if (started) {
                TopicImages.Update update = images.update(image);
                kafka.onMetadataUpdate(update.delta(), update.image());
            }
        });
    }

    @Override
    public void elected(int partition, Partition partitionLog, long term) {
        tell(() -> {
            if (started) {
                log.info("groups are coordinated here partition={} term={}", partition, term);
                lead(
                        new OffsetsLog(new TopicPartition(OffsetsTopic.NAME, partition), partitionLog, new LogEvents()),
                        term);
            }
        });
    }

    private void lead(OffsetsLog offsets, long term) {
        kafka.onResignation(offsets.number(), OptionalInt.empty());
        logs.add(offsets);
        kafka.onElection(offsets.number(), (int) term);
    }

    @Override
    public void resigned(int partition) {
        tell(() -> {
            if (logs.remove(partition)) {
                log.info("groups are no longer coordinated here partition={}", partition);
                kafka.onResignation(partition, OptionalInt.empty());
            }
        });
    }

    private void tell(Runnable task) {
        try {
            teller.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    log.error("the group coordinator could not be told of a change", e);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("closed, nothing more is told");
        }
    }

    private final class LogEvents implements OffsetsLog.Events {
        @Override
        public void changed(Set<String> groups) {
            onChange.accept(groups);
        }

        @Override
        public void memberRemoved() {
            meters.memberRemoved();
        }

        /** What is in memory is not what is on disk: it is read anew, if this broker still leads. */
        @Override
        public void lost(OffsetsLog lost) {
            tell(() -> {
                if (logs.remove(lost)) {
                    log.info(
                            "groups are read again, as a write did not come to lie where it had to partition={}",
                            lost.number());
                    long term = lost.partition().leadership().term();
                    lead(
                            new OffsetsLog(
                                    new TopicPartition(OffsetsTopic.NAME, lost.number()), lost.partition(), this),
                            term);
                }
            });
        }
    }

    @Override
    public CompletableFuture<GroupAnswer> answer(GroupCall call) {
        long begunNanos = Time.SYSTEM.nanoseconds();
        CompletableFuture<GroupAnswer> answer;
        try {
            answer = admits(call) ? ask(call) : CompletableFuture.completedFuture(tooMany(call.getGroup()));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(error -> {
                    Throwable cause =
                            error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                    return GroupAnswer.newBuilder()
                            .setError(KafkaErrors.of(call.getGroup(), cause).toError())
                            .build();
                })
                .thenApply(answered -> {
                    meters.answered(call, answered, Time.SYSTEM.nanoseconds() - begunNanos);
                    return answered;
                });
    }

    /** Only what might make a new group is ever refused. */
    private boolean admits(GroupCall call) {
        boolean joins = call.hasBeat() && call.getBeat().getMemberEpoch() == JOIN;
        boolean commitsAlone =
                call.hasCommit() && call.getCommit().getMemberId().isEmpty();
        return !(joins || commitsAlone) || census.admits(call.getGroup());
    }

    private GroupAnswer tooMany(String group) {
        return GroupAnswer.newBuilder()
                .setError(FlotillaException.of(
                                ErrorCode.ERROR_CODE_GROUP_FULL,
                                "group '%s' is new, and its coordinator has %d groups already (group.max-groups); delete some"
                                        .formatted(group, maxGroups))
                        .toError())
                .build();
    }

    @Override
    public void count() {
        if (started) {
            var unused = kafka.listGroups(CallContext.of(ApiKeys.LIST_GROUPS), new ListGroupsRequestData())
                    .thenAccept(response -> {
                        if (response.errorCode() == Errors.NONE.code()) { // or some are being loaded
                            census.counted(Descriptions.states(response));
                            settings.retain(census::knows);
                        }
                    });
        }
    }

    @Override
    public List<String> groups() {
        return census.groups();
    }

    private CompletableFuture<GroupAnswer> ask(GroupCall call) {
        String group = call.getGroup();
        return switch (call.getCallCase()) {
            case BEAT -> beat(group, call.getBeat());
            case COMMIT ->
                kafka.commitOffsets(
                                CallContext.of(ApiKeys.OFFSET_COMMIT),
                                Committed.commit(group, call.getCommit()),
                                BufferSupplier.NO_CACHING)
                        .thenApply(response -> Committed.committed(group, response));
            case FETCH ->
                kafka.fetchOffsets(CallContext.of(ApiKeys.OFFSET_FETCH), Committed.fetch(group, call.getFetch()), false)
                        .thenApply(response -> Committed.fetched(group, response));
            case LIST ->
                kafka.listGroups(CallContext.of(ApiKeys.LIST_GROUPS), new ListGroupsRequestData())
                        .thenApply(Descriptions::list);
            case DESCRIBE ->
                kafka.consumerGroupDescribe(CallContext.of(ApiKeys.CONSUMER_GROUP_DESCRIBE), List.of(group))
                        .thenApply(described -> Descriptions.describe(described.get(0)));
            case REMOVE -> remove(group);
            case CALL_NOT_SET ->
                throw new IllegalArgumentException("a call that this broker does not know; upgrade it");
        };
    }

    private CompletableFuture<GroupAnswer> beat(String group, MemberBeat beat) {
        if (beat.getMemberEpoch() < JOIN) {
            meters.memberLeft();
        } else if (beat.getSessionTimeoutMs() > 0 && census.knows(group)) {
            settings.askFor(group, beat.getSessionTimeoutMs());
        }
        CallContext context =
                new CallContext(ApiKeys.CONSUMER_GROUP_HEARTBEAT, beat.getClientId(), address(beat.getClientHost()));
        return kafka.consumerGroupHeartbeat(context, Members.request(group, beat))
                .thenApply(response -> Members.answer(group, response));
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host); // always a literal
        } catch (java.net.UnknownHostException e) {
            return InetAddress.getLoopbackAddress();
        }
    }

    private CompletableFuture<GroupAnswer> remove(String group) {
        return kafka.deleteGroups(CallContext.of(ApiKeys.DELETE_GROUPS), List.of(group), BufferSupplier.NO_CACHING)
                .thenApply(results -> {
                    settings.forget(group);
                    short code = results.find(group).errorCode();
                    return code == 0
                            ? GroupAnswer.newBuilder()
                                    .setGroups(io.flotilla.broker.v1.GroupList.getDefaultInstance())
                                    .build()
                            : GroupAnswer.newBuilder()
                                    .setError(KafkaErrors.of(group, code, null).toError())
                                    .build();
                });
    }

    @Override
    public void close() {
        teller.shutdownNow();
        loaders.shutdownNow();
        if (started) {
            kafka.shutdown();
        }
    }
}
