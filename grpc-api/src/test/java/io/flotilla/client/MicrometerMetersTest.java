package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.ProduceEnvelope;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MicrometerMetersTest {
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeCluster cluster;
    private final FlotillaClient client;

    MicrometerMetersTest() throws Exception {
        cluster = new FakeCluster(2);
        client = FlotillaClient.connect(ClientConfig.of(cluster.bootstrap()).withMeters(MicrometerMeters.in(registry)));
    }

    @BeforeEach
    void createTopic() {
        cluster.createTopic("orders", 1);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    @Test
    void producersCountWhatIsAcknowledgedTriedAgainAndGivenUp() {
        AtomicInteger refusals = new AtomicInteger();
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
                return switch (refusals.getAndIncrement()) {
                    case 0 -> FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "once");
                    case 1 -> FlotillaException.of(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH, "for good");
                    default -> null;
                };
            }
        });
        Producer producer = FlotillaClient.join(client.producer("orders", ProducerConfig.DEFAULT));
        assertThat(producer.send(record("lost"))).failsWithin(LONG);
        FlotillaClient.join(producer.send(record("kept")));

        assertThat(value("flotilla.producer.records")).isEqualTo(1);
        assertThat(value("flotilla.producer.batches")).isEqualTo(1);
        assertThat(value("flotilla.producer.bytes"))
                .isEqualTo(
                        registry.get("flotilla.producer.batch.size").summary().totalAmount());
        assertThat(registry.get("flotilla.producer.retries")
                        .tag("code", "OVERLOADED")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("flotilla.producer.errors")
                        .tag("code", "TOPIC_ID_MISMATCH")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("flotilla.producer.request.latency").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("flotilla.producer.queue.time").timer().count()).isEqualTo(2);
        Await.until("all memory is given back", () -> value("flotilla.producer.buffered") == 0);
    }

    @Test
    void membersCountWhatTheyTakeAndHowFarTheyAreBehind() throws InterruptedException {
        cluster.append(P0, "a", "b", "c");
        cluster.group().assign(P0);
        try (GroupConsumer consumer = client.consumer(ConsumerConfig.of("g", "orders"))) {
            Delivery delivery = Objects.requireNonNull(consumer.poll(LONG));

            assertThat(value("flotilla.consumer.records")).isEqualTo(3);
            assertThat(value("flotilla.consumer.lag")).isEqualTo(3);

            delivery.ack();
            Await.until("it is committed", () -> cluster.group().committed(P0) == 3);

            assertThat(value("flotilla.consumer.lag")).isZero();
            assertThat(registry.get("flotilla.consumer.processing.time").timer().count())
                    .isEqualTo(1);
        }
        assertThat(registry.find("flotilla.consumer.lag").meters()).isEmpty();
        assertThat(registry.get("flotilla.consumer.rebalances")
                        .tag("change", "gained")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("flotilla.consumer.rebalances")
                        .tag("change", "lost")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(value("flotilla.consumer.commits")).isEqualTo(1);
    }

    @Test
    void lagHasABoundOnItsPartitions() {
        ClientMeters meters = MicrometerMeters.in(registry);
        for (int i = 0; i < 150; i++) {
            meters.gained("g", new Tenure(new TopicPartition("wide", i), ByteString.EMPTY, OptionalLong.empty()));
        }

        assertThat(registry.find("flotilla.consumer.lag").meters()).hasSize(100);
    }

    @Test
    void everyMeterIsOfTheTypeAndHasTheTagsThatAreDocumented() {
        ClientMeters meters = MicrometerMeters.in(registry);
        Tenure tenure = new Tenure(P0, ByteString.EMPTY, OptionalLong.empty());
        Delivery delivery = new Delivery(tenure, List.of(), 1, () -> {}, done -> {});
        meters.producerOpened("orders", () -> 0);
        meters.sent("orders", 1);
        meters.acknowledged("orders", 1, 1, 1);
        meters.retried("orders", ErrorCode.ERROR_CODE_OVERLOADED);
        meters.failed("orders", 1, ErrorCode.ERROR_CODE_TIMED_OUT);
        meters.gained("g", tenure);
        meters.taken("g", delivery);
        meters.processed("g", delivery, 1);
        meters.handled("g", "orders", 1);
        meters.committed("g");
        meters.commitRefused("g", ErrorCode.ERROR_CODE_NOT_ASSIGNED);
        meters.called("GetMetadata", ErrorCode.ERROR_CODE_UNSPECIFIED, 1);
        meters.streamEnded("member", ErrorCode.ERROR_CODE_DRAINING);
        Map<String, ClientMeter> documented =
                Arrays.stream(ClientMeter.values()).collect(Collectors.toMap(ClientMeter::id, Function.identity()));

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsAll(documented.keySet());
        assertThat(registry.getMeters()).allSatisfy(meter -> {
            ClientMeter page =
                    Objects.requireNonNull(documented.get(meter.getId().getName()));
            assertThat(meter.getId().getTags().stream().map(Tag::getKey))
                    .containsExactlyInAnyOrderElementsOf(page.tags());
            assertThat(meter.getId().getType()).isEqualTo(typeOf(page));
        });
    }

    private static Meter.Type typeOf(ClientMeter meter) {
        return switch (meter.type()) {
            case COUNTER -> Meter.Type.COUNTER;
            case TIMER -> Meter.Type.TIMER;
            case SUMMARY_BYTES -> Meter.Type.DISTRIBUTION_SUMMARY;
            case GAUGE, GAUGE_BYTES -> Meter.Type.GAUGE;
        };
    }

    @Test
    void nothingNeedsMicrometer() throws Exception {
        Set<URL> others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("micrometer"))
                .map(MicrometerMetersTest::url)
                .collect(Collectors.toSet());
        String bootstrap = cluster.bootstrap().stream().map(Endpoint::toString).collect(Collectors.joining(","));
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThat(loader.getResource("io/micrometer/core/instrument/MeterRegistry.class"))
                    .isNull();

            Object config = Class.forName(Bystander.class.getName(), true, loader)
                    .getMethod("run", String.class)
                    .invoke(null, bootstrap);

            assertThat(config).asString().contains("bootstrap");
        }
        assertThat(cluster.values(P0)).containsExactly("without");
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static NewRecord record(String value) {
        return NewRecord.of(ByteString.copyFromUtf8(value));
    }

    /** Of the only meter of the name. */
    private double value(String name) {
        return registry.get(name).meter().measure().iterator().next().getValue();
    }
}
