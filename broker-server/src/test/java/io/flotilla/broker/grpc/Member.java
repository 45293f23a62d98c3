package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Ack;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeRequest.Subscription;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.SubscribeResponse.Delivery;
import io.flotilla.v1.TopicPartition;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A member of a group as a generated client would be one, that also keeps what it was told. Used by one thread. */
final class Member implements AutoCloseable {
    private final Talk<SubscribeRequest, SubscribeResponse> talk;
    private final boolean acks;
    private final Set<Integer> partitions = new TreeSet<>();
    private final List<String> values = new ArrayList<>();
    private final List<SubscribeResponse> others = new ArrayList<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private String id = "";
    private int epoch;
    private int assigned;
    private @Nullable StatusRuntimeException end;

    private Member(Talk<SubscribeRequest, SubscribeResponse> talk, boolean acks) {
        this.talk = talk;
        this.acks = acks;
    }

    static Join.Builder join(String group, String... topics) {
        return Join.newBuilder()
                .setGroup(group)
                .setSubscription(Subscription.newBuilder().addAllTopics(List.of(topics)))
                .setSessionTimeoutMs(3000);
    }

    /** A member that acks what it gets. */
    static Member of(Door door, Join.Builder join) {
        return of(door, join, true);
    }

    /** A member that acks nothing by itself. */
    static Member silent(Door door, Join.Builder join) {
        return of(door, join, false);
    }

    private static Member of(Door door, Join.Builder join, boolean acks) {
        Member member = new Member(Talk.open(door.channel(), GroupServiceGrpc.getSubscribeMethod()), acks);
        member.talk.send(SubscribeRequest.newBuilder().setJoin(join).build());
        return member;
    }

    Member send(SubscribeRequest.Builder request) {
        talk.send(request.build());
        return this;
    }

    void ack(long... ids) {
        Ack.Builder ack = Ack.newBuilder().setConfirm(true);
        for (long id : ids) {
            ack.addDeliveryIds(id);
        }
        talk.send(SubscribeRequest.newBuilder().setAck(ack).build());
    }

    /** Takes what comes, until {@code condition} holds. */
    Member until(String what, BooleanSupplier condition) {
        Await.until(what, () -> {
            take(Duration.ofMillis(5));
            return condition.getAsBoolean();
        });
        return this;
    }

    /** Takes what has come. */
    void take(Duration wait) {
        try {
            for (Optional<SubscribeResponse> event = next(wait); event.isPresent(); event = next(Duration.ZERO)) {
                handle(event.get());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<SubscribeResponse> next(Duration wait) throws InterruptedException {
        if (end != null) {
            return Optional.empty();
        }
        try {
            return talk.next(wait);
        } catch (StatusRuntimeException e) {
            end = e;
            return Optional.empty();
        }
    }

    private void handle(SubscribeResponse event) {
        switch (event.getEventCase()) {
            case JOINED -> {
                id = event.getJoined().getMemberId();
                epoch = event.getJoined().getMemberEpoch();
            }
            case ASSIGNMENT -> {
                epoch = event.getAssignment().getMemberEpoch();
                partitions.clear();
                assigned = event.getAssignment().getPartitionsCount();
                event.getAssignment()
                        .getPartitionsList()
                        .forEach(partition -> partitions.add(partition.getPartition()));
            }
            case DELIVERY -> {
                Delivery delivery = event.getDelivery();
                deliveries.add(delivery);
                delivery.getBatches()
                        .getBatchesList()
                        .forEach(batch -> batch.getBatch()
                                .getRecords()
                                .getRecordsList()
                                .forEach(record -> values.add(record.getValue().toStringUtf8())));
                if (acks) {
                    ack(delivery.getDeliveryId());
                }
            }
            case REVOCATION -> {
                others.add(event);
                event.getRevocation().getPartitionsList().stream()
                        .map(TopicPartition::getPartition)
                        .forEach(partitions::remove);
            }
            default -> others.add(event);
        }
    }

    Set<Integer> partitions() {
        return partitions;
    }

    /** How many partitions of all topics. */
    int assigned() {
        return assigned;
    }

    List<String> values() {
        return values;
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    List<SubscribeResponse> others() {
        return others;
    }

    String id() {
        return id;
    }

    int epoch() {
        return epoch;
    }

    boolean isOver() {
        return end != null;
    }

    /** What the stream ended with. */
    FlotillaException end() {
        return GrpcErrors.from(Objects.requireNonNull(end));
    }

    StatusRuntimeException status() {
        return Objects.requireNonNull(end);
    }

    /** Leaves in good order. */
    void leave() throws InterruptedException {
        talk.halfClose();
        talk.rest().forEach(this::handle);
    }

    /** Is gone without a word. */
    @Override
    public void close() {
        talk.close();
    }
}
