package io.flotilla.broker.grpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What this broker does for members of groups that are connected to it. Safe for use by any thread. */
final class MemberMeters {
    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Counter records;
    private final Counter bytes;
    private final Counter unacked;

    MemberMeters(MeterRegistry registry) {
        this.registry = registry;
        this.deliveries = Counter.builder("flotilla.group.deliveries")
                .description("Messages with records sent to members")
                .register(registry);
        this.records = Counter.builder("flotilla.group.delivered.records")
                .description("Records sent to members, counted by their offsets")
                .register(registry);
        this.bytes = Counter.builder("flotilla.group.delivered")
                .description("Bytes of batches sent to members")
                .baseUnit("bytes")
                .register(registry);
        this.unacked = Counter.builder("flotilla.group.unacked.deliveries")
                .description(
                        "Deliveries whose ack had not come when the partition or the member was gone: their records "
                                + "are delivered again")
                .register(registry);
    }

    /** @param members kept by whoever calls this, as meters hold on to nothing */
    void watch(MemberCalls members) {
        Gauge.builder("flotilla.group.members", members, MemberCalls::count)
                .description(
                        "Open Subscribe calls: the members connected to this broker, whoever coordinates their groups")
                .register(registry);
    }

    void delivered(long recordCount, int byteCount) {
        deliveries.increment();
        records.increment((double) recordCount);
        bytes.increment(byteCount);
    }

    void givenUp(int deliveryCount) {
        unacked.increment(deliveryCount);
    }
}
