package io.flotilla.broker;

import io.flotilla.broker.compaction.Compactor;
import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.control.AgreedTime;
import io.flotilla.broker.control.Handover;
import io.flotilla.broker.control.LeaderBalance;
import io.flotilla.broker.control.LeaderTable;
import io.flotilla.broker.control.Loop;
import io.flotilla.broker.control.MetadataMember;
import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.control.OwnReport;
import io.flotilla.broker.control.Reconciler;
import io.flotilla.broker.control.Registrar;
import io.flotilla.broker.control.Replicas;
import io.flotilla.broker.control.RetentionLoop;
import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.control.Trigger;
import io.flotilla.broker.copy.CopySource;
import io.flotilla.broker.copy.Pace;
import io.flotilla.broker.copy.Turns;
import io.flotilla.broker.group.Coordinators;
import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.group.GroupCoordinator;
import io.flotilla.broker.group.kafka.KafkaGroupCoordinator;
import io.flotilla.broker.grpc.GrpcMeters;
import io.flotilla.broker.grpc.GrpcServer;
import io.flotilla.broker.http.HttpEndpoint;
import io.flotilla.broker.http.JvmMeters;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.UnusableDirectoryException;
import io.flotilla.broker.version.BrokerVersion;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.ratis.RatisNode;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker of a cluster: built part by part, from the disk up to the doors, and closed in reverse.
 *
 * <p>{@link #start} returns when its doors are open; whether clients should use them yet is what {@link
 * #reasonsAgainst} says.
 */
public final class Broker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Broker.class);
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration TEND = Duration.ofMillis(200);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration METERS = Duration.ofSeconds(5);
    private static final Duration LAG = Duration.ofSeconds(15);
    private static final int REPLICA_THREADS = 4;
    /** Each holds a megabyte or two of the log it copies. */
    private static final int COPIES_AT_A_TIME = 4;

    private final BrokerConfig config;
    private final BrokerIdentity identity;
    private final Closer closer;
    private final InstantSource clock = InstantSource.system();
    private final LongSupplier nanoClock = System::nanoTime;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Loop loop;
    private final ExecutorService pool;
    private final DataDirectory directory;
    private final StorageWatch storage;
    private final RatisNode raft;
    private final PartitionTable table;
    private final NodeReports reports;
    private final Replicas replicas;
    private final Reconciler reconciler;
    private final MetadataMember metadata;
    private final Registrar registrar;
    private final LeaderTable leaders;
    private final GroupCalls groups;
    private final GroupCoordinator coordinator;
    private final Coordinators coordinators;
    private final Trigger coordinate;
    private final Trigger exchange;
    private final Trigger reconcile;
    private volatile @Nullable GrpcServer grpc;
    private volatile @Nullable HttpEndpoint http;
    private volatile @Nullable MetadataQuorum quorum;
    private volatile boolean caughtUp;
    private volatile boolean reconciled; // once, since it caught up

    /** Told why a broker that runs cannot go on. */
    public interface Fatal {
        void because(String reason);
    }

    private Broker(BrokerConfig config, Fatal fatal, Closer closer) throws IOException, UnusableDirectoryException {
        this.config = config;
        this.closer = closer;
        int id = config.node().id();
        identity = BrokerIdentity.of(config, UUID.randomUUID(), clock.millis());
        directory = closer.add(DataDirectory.open(config.node().dataDir(), id, UUID.randomUUID()));
        closer.add(new JvmMeters(meters));
        Metrics.addRegistry(meters);
        closer.add(() -> Metrics.removeRegistry(meters));
        loop = closer.add(new Loop("broker-control-" + id));
        pool = Executors.newFixedThreadPool(REPLICA_THREADS, task -> daemon(task, "replica-" + id));
        closer.add(pool::shutdownNow);
        storage = new StorageWatch(directory, config.storage().minFreeBytes());
        storage.check();
        exchange = new Trigger(loop, SOON, this::exchangeReports);
        reconcile = new Trigger(loop, SOON, this::reconcileNow);
        coordinate = new Trigger(loop, SOON, this::coordinateNow);

        raft = RatisNode.start(
                id, identity.raftConfig(directory.raft()), config.listener().raftPort(), this::peerChanged);
        Membership membership = new Membership(raft.calls(), raft::group);
        table = new PartitionTable(exchange::pull);
        reports = new NodeReports(
                id,
                raft.calls(),
                raft.peers(),
                new OwnReport(id, identity.incarnation(), table, storage, draining::get),
                exchange::pull);
        TailCache tail = new TailCache(config.fetch().tailCacheBytes());
        LogStore store = new LogStore(new NioDisk(), tail, new LogMetrics(meters, tail), nanoClock);
        replicas = new Replicas(
                directory,
                store,
                raft,
                membership,
                table,
                new Replicas.Parts(
                        identity.self(),
                        config.produce(),
                        identity.maxEntryBytes(),
                        clock,
                        config.log().markInterval(),
                        new ReplicaEvents(),
                        pool,
                        loop,
                        new Turns(COPIES_AT_A_TIME),
                        new Pace(config.catchUp().maxBytesPerSecond(), nanoClock)));
        var unusedSource = new CopySource(
                raft.calls(),
                table,
                raft,
                partition -> directory.replica(partition).producers(),
                pool);
        closer.add(replicas::closeLogs);
        reconciler = new Reconciler(id, directory, table, replicas);
        metadata = new MetadataMember(
                directory,
                raft,
                membership,
                new MetadataMember.Parts(
                        identity.self(), clock, nanoClock, pool, loop, this::metadataOpened, exchange::pull));
        closer.add(metadata::close);
        closer.add(raft);
        leaders = new LeaderTable(id, table, reports, raft.peers());
        ScheduledExecutorService groupTimer =
                Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "groups-news-" + id));
        closer.add(groupTimer::shutdownNow);
        groups = new GroupCalls(id, this::image, leaders, raft.calls(), groupTimer, nanoClock);
        coordinator = closer.add(new KafkaGroupCoordinator(id, config.group(), meters, groups::changed));
        groups.coordinate(coordinator);
        coordinators = new Coordinators(table, coordinator);
        registrar = new Registrar(
                directory,
                () -> identity.registration(directory, clientPort(), httpPort()),
                raft.peers(),
                loop,
                fatal::because);
    }

    /**
     * Starts a broker.
     *
     * @param fatal told if the broker finds out later that it cannot go on; the caller ends it
     * @throws IOException if a port is taken or the disk cannot be used; says which
     * @throws UnusableDirectoryException if the data directory is another's
     */
    public static Broker start(BrokerConfig config, Fatal fatal) throws IOException, UnusableDirectoryException {
        Closer closer = new Closer();
        try {
            Broker broker = new Broker(config, fatal, closer);
            broker.openDoors(fatal);
            return broker;
        } catch (IOException | UnusableDirectoryException | RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private void openDoors(Fatal fatal) throws IOException {
        // first of all groups: nothing is healthy before the metadata is known
        new MetadataEntry(config, identity, directory, metadata, loop, fatal).enter();
        reconciler.openExisting();
        GrpcServer clients = closer.add(GrpcServer.start(
                config,
                new GrpcServer.World(
                        table,
                        leaders,
                        reports,
                        raft.peers(),
                        storage,
                        groups,
                        () -> caughtUp ? Optional.ofNullable(quorum) : Optional.empty(),
                        clock,
                        nanoClock,
                        RandomGenerator.getDefault(),
                        meters,
                        List.of(new GrpcMeters(meters, nanoClock)))));
        grpc = clients;
        if (config.listener().httpPort() >= 0) {
            http = closer.add(HttpEndpoint.open(
                    config.listener().host(),
                    config.listener().httpPort(),
                    meters,
                    this::reasonsAgainst,
                    BrokerVersion.VERSION));
        }
        tend(clients);
        log.info(
                "broker is up id={} client={}:{} raft={} http={} data={}",
                config.node().id(),
                config.listener().host(),
                clients.port(),
                config.listener().raftPort(),
                httpPort(),
                directory.root());
    }

    private void tend(GrpcServer clients) {
        LeaderBalance balance = new LeaderBalance(config.node().id(), table, raft.peers(), reports, this::image);
        BrokerMetrics brokerMetrics = new BrokerMetrics(meters, table, storage);
        brokerMetrics.watch(meters, clients);
        AgreedTime time = new AgreedTime(raft.calls(), raft.peers()::alive, clock, nanoClock);
        RetentionLoop retention = new RetentionLoop(table, time, this::image, pool);
        Compactor compactor =
                closer.add(new Compactor(config.node().id(), table, this::image, config.compaction(), nanoClock));
        loop.every(TEND, () -> Optional.ofNullable(quorum).ifPresent(this::tend));
        loop.every(SECOND, () -> {
            storage.check();
            if (storage.full()) {
                retain(retention);
            } else {
                replicas.feedTheStarved();
                metadata.feedIfStarved();
            }
            table.all().forEach(replica -> replica.serving().ifPresent(this::tend));
            exchange.pull();
            reconcile.pull();
            coordinate.pull();
            clients.serving(reasonsAgainst().isEmpty());
        });
        loop.every(METERS, brokerMetrics::refresh);
        loop.every(METERS, coordinator::count);
        GroupLag lag = new GroupLag(meters, coordinator::groups, clients::describeGroup, loop);
        loop.every(LAG, lag::refresh);
        loop.every(config.log().retentionCheckInterval(), () -> retain(retention));
        loop.every(config.compaction().checkInterval(), () -> {
            if (caughtUp) {
                compactor.run(() -> time.now(otherPeers(image())));
            }
        });
        loop.every(config.leadership().balanceInterval(), () -> {
            if (!draining.get()) {
                balance.run();
            }
        });
    }

    private void retain(RetentionLoop retention) {
        if (caughtUp) {
            retention.run(otherPeers(image()));
        }
    }

    private void tend(Partition partition) {
        partition.leaveIfBroken();
        if (partition.hasMuchToKeep()) {
            pool.execute(partition::keepProducers);
        }
        if (partition.hasTrimmedFiles()) {
            pool.execute(partition::reclaim);
        }
    }

    private void tend(MetadataQuorum opened) {
        opened.tend();
        registrar.tend(opened);
    }

    private void metadataOpened(MetadataQuorum opened) {
        opened.listen(delta -> reconcile.pull());
        caughtUp = false;
        reconciled = false;
        quorum = opened;
        catchUp(opened);
    }

    /** Until the metadata here is that of the cluster, this broker acts on nothing. */
    private void catchUp(MetadataQuorum opened) {
        var unused = opened.catchUp().whenComplete((done, error) -> {
            if (error == null && opened.image().hasCluster()) {
                caughtUp = true;
                reconcile.pull();
            } else if (!closed.get()) {
                loop.after(SOON, () -> catchUp(opened));
            }
        });
    }

    private void reconcileNow() {
        if (caughtUp && !closed.get()) {
            MetadataImage image = image();
            raft.peers().watch(otherPeers(image));
            reconciler.reconcile(image);
            reconciled = true;
            exchange.pull();
            coordinate.pull();
        }
    }

    private void coordinateNow() {
        if (caughtUp && !closed.get()) {
            coordinators.follow(image());
        }
    }

    private void exchangeReports() {
        reports.exchange(otherPeers(image()));
        GrpcServer clients = grpc;
        if (clients != null) {
            clients.metadataChanged();
        }
    }

    private List<Peer> otherPeers(MetadataImage image) {
        return image.brokers().all().stream()
                .filter(broker -> broker.id() != config.node().id())
                .map(broker -> broker.registration().peer())
                .toList();
    }

    private void peerChanged(int id) {
        loop.execute(() -> reports.peerChanged(id));
        exchange.pull();
    }

    private MetadataImage image() {
        MetadataQuorum opened = quorum;
        return opened == null ? MetadataImage.EMPTY : opened.image();
    }

    private int httpPort() {
        HttpEndpoint endpoint = http;
        return endpoint == null ? 0 : endpoint.address().getPort();
    }

    public int clientPort() {
        GrpcServer clients = grpc;
        return clients == null ? config.listener().port() : clients.port();
    }

    /** Why clients should not be sent to this broker now; empty if they should. */
    public List<String> reasonsAgainst() {
        List<String> reasons = new ArrayList<>();
        if (draining.get()) {
            reasons.add("the broker is shutting down");
        }
        if (metadata.state().kind() != ReplicaState.Kind.SERVING) {
            reasons.add("metadata: %s %s"
                    .formatted(metadata.state().kind(), metadata.state().reason()));
        }
        if (!caughtUp) {
            reasons.add("the metadata of the cluster is not known yet");
        } else if (image().brokers()
                .find(config.node().id())
                .filter(b -> b.live())
                .isEmpty()) {
            reasons.add("the broker is not registered yet");
        }
        if (caughtUp && !reconciled) {
            reasons.add("the replicas of the broker are not looked up yet");
        }
        long opening = table.all().stream()
                .filter(replica -> replica.state().kind() == ReplicaState.Kind.OPENING)
                .count();
        if (opening > 0) {
            reasons.add("%d replicas are being opened".formatted(opening));
        }
        table.all().stream()
                .filter(replica -> replica.state().kind() == ReplicaState.Kind.FAILED)
                .forEach(replica -> reasons.add("replica of %s failed: %s"
                        .formatted(replica.name(), replica.state().reason())));
        return reasons;
    }

    /** Gives up what the broker leads, sends clients elsewhere, answers what they sent, then closes. */
    public void shutDown() {
        if (draining.compareAndSet(false, true)) {
            log.info("broker is shutting down");
            exchange.pull();
            Duration timeout = config.drain().timeout();
            new Handover(table, raft.peers(), reports)
                    .all(raft.group(MetadataMember.GROUP), timeout)
                    .join();
            GrpcServer clients = grpc;
            if (clients != null) {
                clients.serving(false);
                clients.drain(timeout);
            }
        }
        close();
    }

    /** Closes at once; acknowledged records are safe. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closer.close();
            log.info("broker is closed");
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private final class ReplicaEvents implements Partition.Events {
        @Override
        public void leadershipChanged(Partition partition) {
            exchange.pull();
            coordinate.pull();
        }

        @Override
        public void behind(Partition partition) {
            if (!closed.get()) {
                loop.execute(() -> replicas.behind(partition));
            }
        }

        @Override
        public void failed(Partition partition, Throwable cause) {
            if (!closed.get()) {
                replicas.failed(partition, cause);
            }
        }
    }
}
