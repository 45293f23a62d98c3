package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.InitProducerRequest;
import io.flotilla.v1.InitProducerResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A connection to a cluster; one per process is enough. Hands out producers, readers and administration, which share its
 * connections and threads and end with it. Connects when it is first needed. Safe for any thread.
 */
public final class FlotillaClient implements AutoCloseable {
    private final ClientLoop loop;
    private final Callbacks callbacks = new Callbacks();
    private final Brokers brokers;
    private final Connections connections;
    private final ControlCalls calls;
    private final ClusterView cluster;
    private final ProduceStreams produceStreams;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Set<Producer> producers = ConcurrentHashMap.newKeySet();
    private final Set<PartitionReader> readers = ConcurrentHashMap.newKeySet();
    private final Set<GroupConsumer> consumers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    FlotillaClient(ClientConfig config, InstantSource clock, LongSupplier nanoClock, RandomGenerator random) {
        this.brokers = new Brokers(config.bootstrap());
        this.loop = new ClientLoop(nanoClock);
        this.connections = new Connections(config);
        this.calls = new ControlCalls(config, connections, brokers, loop, random);
        this.cluster = new ClusterView(calls, brokers, loop);
        this.produceStreams = new ProduceStreams(connections, loop);
        this.clock = clock;
        this.random = random;
    }

    /** A client of the cluster that one of the bootstrap brokers belongs to. */
    public static FlotillaClient connect(ClientConfig config) {
        return new FlotillaClient(config, InstantSource.system(), System::nanoTime, RandomGenerator.getDefault());
    }

    /** Waits for a result of this client; a failure is thrown as what it is, without the wrapper of futures. */
    public static <T> T join(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw GrpcErrors.from(e);
        }
    }

    /** Administration. */
    public Admin admin() {
        return new Admin(calls, callbacks);
    }

    /** A topic as this client knows it. Fails with {@link FlotillaException}, UNKNOWN_TOPIC_OR_PARTITION among others. */
    public CompletableFuture<TopicView> topic(String name) {
        checkOpen();
        CompletableFuture<TopicView> result = new CompletableFuture<>();
        cluster.topic(name, Reply.into(result, callbacks));
        return result;
    }

    /** Where the leader of a partition can be dialled, if this client has learned of one. */
    public Optional<Endpoint> leader(TopicPartition partition) {
        return cluster.leader(partition.topic(), partition.partition());
    }

    /** A producer for a topic that exists. Fails as {@link #topic} does. */
    public CompletableFuture<Producer> producer(String topic, ProducerConfig config) {
        checkOpen();
        CompletableFuture<Producer> result = new CompletableFuture<>();
        Reply<Producer> reply = Reply.into(result, callbacks);
        cluster.topic(topic, new Reply<>(view -> identify(view, config, reply), reply.failed()));
        return result;
    }

    /** Every producer has its own id; one that nobody uses does no harm. */
    private void identify(TopicView topic, ProducerConfig config, Reply<Producer> reply) {
        calls.read(
                ProduceServiceGrpc.getInitProducerMethod(),
                InitProducerRequest.getDefaultInstance(),
                new Reply<>(
                        identity -> reply.succeeded().accept(newProducer(topic, config, identity)), reply.failed()));
    }

    private Producer newProducer(TopicView topic, ProducerConfig config, InitProducerResponse identity) {
        ByteBudget budget = new ByteBudget(config.bufferBytes());
        ProducerParts parts = new ProducerParts(
                topic,
                config,
                budget,
                cluster,
                produceStreams,
                loop,
                callbacks,
                random,
                identity,
                connections.meters());
        Producer producer = new Producer(parts, clock, producers::remove);
        producers.add(producer);
        return producer;
    }

    /** A reader of these ranges; reading begins at once, and failures are thrown where batches are taken. */
    public PartitionReader reader(List<ReadRange> ranges, ReaderConfig config) {
        checkOpen();
        ReadQueue queue = new ReadQueue();
        ReadAssignments assignments = assignments(config, brokers -> config.creditBytes(), queue);
        List<ReadRange> copy = List.copyOf(ranges);
        loop.execute(() -> assignments.start(copy));
        PartitionReader reader = new PartitionReader(assignments, queue, loop, readers::remove);
        readers.add(reader);
        return reader;
    }

    private ReadAssignments assignments(ReaderConfig config, LongUnaryOperator window, ReadAssignments.Sink sink) {
        return new ReadAssignments(config, window, cluster, calls, connections, loop, random, sink);
    }

    /** A member of a group, which joins at once and is polled; failures are thrown where deliveries are taken. */
    public GroupConsumer consumer(ConsumerConfig config) {
        checkOpen();
        DeliveryQueue queue = new DeliveryQueue();
        ReaderConfig reading = config.reading();
        GroupMember member = new GroupMember(
                config,
                brokers,
                connections,
                loop,
                random,
                queue,
                sink -> assignments(reading, leaders -> reading.creditBytes() / leaders, sink));
        loop.execute(member::join);
        GroupConsumer consumer =
                new GroupConsumer(config.group(), connections.meters(), member, queue, loop, consumers::remove);
        consumers.add(consumer);
        return consumer;
    }

    /** A member of a group whose records go to {@code handler}; it joins at once. */
    public Subscription subscribe(ConsumerConfig config, HandlerConfig handling, RecordHandler handler) {
        Subscription subscription = new Subscription(this, consumer(config), handling, handler);
        subscription.start();
        return subscription;
    }

    /** The records of a group as a reactive stream; each of its subscribers is a member of the group. */
    public Flow.Publisher<ReceivedRecord> publisher(ConsumerConfig config) {
        return new RecordPublisher(() -> consumer(config));
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the client is closed");
        }
    }

    /** Waits until everything sent has its result, then ends all connections. May be called again. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        consumers.forEach(GroupConsumer::close);
        producers.forEach(Producer::close);
        readers.forEach(PartitionReader::close);
        loop.execute(produceStreams::cancelAll);
        calls.close();
        connections.close();
        loop.close();
        callbacks.close();
    }
}
