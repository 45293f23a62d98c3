package io.flotilla.broker.grpc;

import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.control.LeaderTable;
import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.ClusterCommand.AllocateProducerIds;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.TopicId;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GroupDescription;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The client listener with all its services, and the threads they run on. */
public final class GrpcServer implements AutoCloseable {
    private static final int REQUEST_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors() * 2);

    /** Of one connection. It may take all of them back at once, and once more: more looks like an attack. */
    private static final int MAX_CALLS = 1000;

    private static final Duration LAST_CALLS = Duration.ofSeconds(1);

    private final BrokerConfig config;
    private final World world;
    private final ExecutorService requests;
    private final ExecutorService readers;
    private final ScheduledExecutorService timer;
    private final BrokerChannels channels;
    private final OpenCalls calls;
    private final ProduceMemory memory;
    private final HealthStatusManager healthStatus = new HealthStatusManager();
    private final MetadataWatches watches;
    private final GroupDescriber describer;
    private final Server server;
    private volatile int port;

    /**
     * What the services stand on.
     *
     * @param metadata empty until its image is that of the cluster
     */
    public record World(
            PartitionTable table,
            LeaderTable leaders,
            NodeReports reports,
            PeerMonitor monitor,
            StorageWatch storage,
            GroupCalls groups,
            Supplier<Optional<MetadataQuorum>> metadata,
            InstantSource clock,
            LongSupplier nanoClock,
            RandomGenerator random,
            MeterRegistry meters,
            Iterable<ServerInterceptor> interceptors) {
        MetadataImage image() {
            return metadata.get().map(MetadataQuorum::image).orElse(MetadataImage.EMPTY);
        }

        MetadataQuorum quorum() {
            return metadata.get()
                    .orElseThrow(() -> FlotillaException.of(
                            ErrorCode.ERROR_CODE_NO_QUORUM, "this broker is not part of the metadata group yet"));
        }

        Leadership metadataLeadership() {
            return metadata.get().map(MetadataQuorum::leadership).orElse(Leadership.INACTIVE);
        }
    }

    private GrpcServer(BrokerConfig config, World world) {
        this.config = config;
        this.world = world;
        this.requests = Executors.newFixedThreadPool(REQUEST_THREADS, threads("grpc-request"));
        this.readers = Executors.newFixedThreadPool(config.fetch().threads(), threads("reader"));
        this.timer = timer();
        this.channels = new BrokerChannels(config.node().id(), GrpcLimits.DEFAULT.maxRequestBytes());
        this.calls = new OpenCalls(config.fetch().maxStreams());
        this.memory = new ProduceMemory(config.produce().memoryBytes());
        Routing routing = new Routing(config.node().id(), world::image, world.table(), world.leaders());
        MetadataViews views =
                new MetadataViews(routing, () -> world.metadataLeadership().leaderId());
        this.watches = new MetadataWatches(routing, views, world.clock(), readers);
        OffsetLookup lookup = new OffsetLookup(routing, channels);
        this.describer = new GroupDescriber(routing, world.groups(), lookup, world.clock());
        this.server = server(routing, views, lookup);
    }

    /**
     * Opens the port.
     *
     * @throws IOException if the port is taken; says which
     */
    public static GrpcServer start(BrokerConfig config, World world) throws IOException {
        GrpcServer server = new GrpcServer(config, world);
        try {
            server.port = server.server.start().getPort();
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "client port %s:%d cannot be used: %s"
                            .formatted(
                                    config.listener().host(), config.listener().port(), rootMessage(e)),
                    e);
        }
        var unused = server.timer.scheduleWithFixedDelay(
                () -> server.watches.heartbeat(ConsumeService.HEARTBEAT_MS), 1, 1, TimeUnit.SECONDS);
        return server;
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private Server server(Routing routing, MetadataViews views, OffsetLookup lookup) {
        Sources sources = new Sources(routing, new SharedFetches(channels, GrpcLimits.DEFAULT.maxRequestBytes()));
        Appends appends = new Appends(
                routing, new BatchAdmission(world.clock()), new ProduceForwarder(channels), world.storage());
        Answers answers = new Answers(() -> world.quorum().catchUp(), requests);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(
                        config.listener().host(), config.listener().port()))
                .executor(requests)
                .maxInboundMessageSize(GrpcLimits.DEFAULT.maxRequestBytes())
                .maxInboundMetadataSize(8 << 10)
                .initialFlowControlWindow(1 << 20)
                .maxConcurrentCallsPerConnection(MAX_CALLS)
                .maxRstFramesPerWindow(2 * MAX_CALLS, 30)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(GrpcLimits.DEFAULT.minKeepaliveMs(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new ProduceService(routing, appends, memory, calls, producerIds(), answers).definition())
                .addService(new ConsumeService(
                                routing,
                                new CursorStarts(routing, sources, lookup, world.nanoClock()),
                                lookup,
                                new FetchForwarder(channels),
                                calls,
                                world.clock(),
                                readers,
                                timer,
                                answers)
                        .definition())
                .addService(groups(routing, sources, lookup, answers).definition())
                .addService(new ClusterService(routing, views, watches, calls, GrpcLimits.DEFAULT, answers))
                .addService(admin(routing, lookup, answers))
                .addService(healthStatus.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .intercept(new Forwarding())
                .intercept(new Caller());
        world.interceptors().forEach(builder::intercept);
        return builder.build();
    }

    private ProducerIds producerIds() {
        return new ProducerIds(
                new ProducerIds.Allocator() {
                    @Override
                    public long lastTaken() {
                        return world.image().lastProducerId();
                    }

                    @Override
                    public CompletableFuture<Boolean> take(long after, int count) {
                        return world.quorum()
                                .propose(new AllocateProducerIds(after, count), ProducerIds.PATIENCE)
                                .thenApply(MetadataResult.Applied.class::isInstance);
                    }
                },
                world.nanoClock());
    }

    private GroupService groups(Routing routing, Sources sources, OffsetLookup lookup, Answers answers) {
        MemberParts parts = new MemberParts(
                world.groups(),
                new CursorStarts(routing, sources, lookup, world.nanoClock()),
                new PositionCheck(routing, lookup),
                new MemberMeters(world.meters()),
                id -> routing.imageSoFar()
                        .topics()
                        .find(TopicId.of(id.toByteArray()))
                        .map(Topic::name),
                () -> routing.imageSoFar().pauses(),
                config.group().revokeGrace(),
                timer,
                world.nanoClock());
        return new GroupService(parts, groupTopic(routing), calls, world.clock(), readers, answers);
    }

    private GroupTopic groupTopic(Routing routing) {
        return new GroupTopic(
                routing,
                topics(routing),
                () -> world.quorum().members().voters().size(),
                config.group().offsetsTopicPartitions());
    }

    private TopicAdmin topics(Routing routing) {
        return new TopicAdmin(
                routing, world::quorum, config.topicDefaults(), world.clock(), world.nanoClock(), world.random());
    }

    private AdminService admin(Routing routing, OffsetLookup lookup, Answers answers) {
        TopicAdmin topics = topics(routing);
        return new AdminService(
                routing,
                world::quorum,
                topics,
                new GroupAdmin(
                        routing, world.groups(), groupTopic(routing), describer, lookup, world::quorum, world.clock()),
                new TopicChanges(routing, world::quorum, topics, world.random()),
                new TopicTrim(routing, channels),
                new PartitionDescriber(routing, world.table(), world.reports(), world.monitor(), channels),
                new HealthReport(routing, world.table(), world.reports(), world.monitor(), world::metadataLeadership),
                world.reports(),
                channels,
                answers);
    }

    /** Topics, brokers or leaders changed. */
    public void metadataChanged() {
        watches.changed();
    }

    /** What the standard health service says of the broker as a whole. */
    public void serving(boolean now) {
        healthStatus.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES, now ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** Also known when the port is closed. */
    public int port() {
        return port;
    }

    /** Bytes of produce requests that are not yet answered. */
    public long produceBytes() {
        return memory.usedBytes();
    }

    /** All there is to tell of a group, wherever it is coordinated; fails as the API does. */
    public CompletableFuture<GroupDescription> describeGroup(String name) {
        return describer.describe(name);
    }

    public int openStreams() {
        return calls.count();
    }

    /** Tells clients to go elsewhere, and waits until what they sent is answered, or {@code timeout} has passed. */
    public void drain(Duration timeout) {
        calls.drain(Drain.newBuilder()
                .setReason("shutdown")
                .setDeadlineMs((int) timeout.toMillis())
                .build());
        CompletableFuture<Void> idle = new CompletableFuture<>();
        var checking = timer.scheduleWithFixedDelay(
                () -> {
                    if (calls.allIdle()) {
                        idle.complete(null);
                    }
                },
                0,
                10,
                TimeUnit.MILLISECONDS);
        idle.completeOnTimeout(null, timeout.toMillis(), TimeUnit.MILLISECONDS).join();
        checking.cancel(false);
        calls.endAll();
        server.shutdown();
        awaitTermination(LAST_CALLS); // those that came before clients heard of it are refused, not cut off
    }

    private void awaitTermination(Duration timeout) {
        try {
            server.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        awaitTermination(LAST_CALLS); // so that the last calls still find their threads
        channels.close();
        timer.shutdownNow();
        readers.shutdownNow();
        requests.shutdownNow();
    }

    private ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, threads("call-timer"));
        executor.setRemoveOnCancelPolicy(true); // most deadlines are cancelled, as the answer comes before
        return executor;
    }

    private ThreadFactory threads(String name) {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread =
                    new Thread(task, "%s-%d-%d".formatted(name, config.node().id(), count.incrementAndGet()));
            thread.setDaemon(true);
            return thread;
        };
    }
}
