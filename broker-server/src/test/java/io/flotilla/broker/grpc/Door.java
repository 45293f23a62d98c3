package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.ClusterServiceGrpc;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.Topic;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The generated stubs on one broker's client port, without anything clever in between. */
final class Door implements AutoCloseable {
    private static final int DEADLINE_SECONDS = 40;

    private final ManagedChannel channel;

    private Door(ManagedChannel channel) {
        this.channel = channel;
    }

    static Door to(int port) {
        return new Door(NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(16 << 20)
                .build());
    }

    ManagedChannel channel() {
        return channel;
    }

    AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
        return ClusterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    ConsumeServiceGrpc.ConsumeServiceBlockingStub consumer() {
        return ConsumeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    GroupServiceGrpc.GroupServiceBlockingStub groups() {
        return GroupServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    ProduceServiceGrpc.ProduceServiceBlockingStub producer() {
        return ProduceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    Talk<ProduceRequest, ProduceResponse> produce() {
        return Talk.open(channel, ProduceServiceGrpc.getProduceMethod());
    }

    /** Messages of this call are compressed by gRPC. */
    Talk<ProduceRequest, ProduceResponse> produceCompressed() {
        return Talk.openCompressed(channel, ProduceServiceGrpc.getProduceMethod());
    }

    Talk<ConsumeRequest, ConsumeResponse> consume(ConsumeRequest.Open.Builder open) {
        return Talk.open(channel, ConsumeServiceGrpc.getConsumeMethod())
                .send(ConsumeRequest.newBuilder().setOpen(open).build());
    }

    /** The answer to one batch sent on a stream of its own. */
    ProduceResponse produce(ProduceRequest.Builder request) throws InterruptedException {
        try (Talk<ProduceRequest, ProduceResponse> stream = produce()) {
            return stream.send(request.setCorrelationId(7).build()).halfClose().next();
        }
    }

    Topic create(String name, int partitions, int replicas, Map<String, String> configs) {
        return admin().createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(name)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(replicas)
                                .putAllConfigs(configs))
                        .build())
                .getTopic();
    }

    /** Waits until this broker knows the topic and can reach the leader of its first partition. */
    void awaitLed(String topic) {
        ListOffsetsRequest request = ListOffsetsRequest.newBuilder()
                .addQueries(ListOffsetsRequest.Query.newBuilder().setTopic(topic))
                .build();
        Await.until(
                "%s has a leader that is known".formatted(topic),
                () -> consumer().listOffsets(request).getResults(0).hasFound());
    }

    /** A request for partition 0. */
    static ProduceRequest.Builder batch(String topic, RecordBatch.Builder batch) {
        return ProduceRequest.newBuilder().setTopic(topic).setPartition(0).setBatch(batch);
    }

    static RecordBatch.Builder records(String... values) {
        RecordSet.Builder set = RecordSet.newBuilder();
        for (String value : values) {
            set.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)));
        }
        return RecordBatch.newBuilder().setRecordCount(values.length).setRecords(set);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
