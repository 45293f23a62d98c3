package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.producer.ProducerTable;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.Topic;
import io.flotilla.record.Murmur2;
import io.flotilla.v1.Acks;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.InitProducerRequest;
import io.flotilla.v1.InitProducerResponse;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProduceServiceGrpc;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.PublishResponse;
import io.flotilla.v1.PublishResponse.PartitionResult;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.wire.RawMethods;
import io.flotilla.wire.RawServices;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** Writing: Publish for everyone's first write, Produce for batches in a stream. */
final class ProduceService extends ProduceServiceGrpc.ProduceServiceImplBase {
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final int MAX_RECORDS = 10_000;

    private final Routing routing;
    private final Appends appends;
    private final ProduceMemory memory;
    private final OpenCalls calls;
    private final ProducerIds ids;
    private final Answers answers;
    private final StickyChoice publishes = new StickyChoice(); // guarded by itself

    ProduceService(
            Routing routing, Appends appends, ProduceMemory memory, OpenCalls calls, ProducerIds ids, Answers answers) {
        this.ids = ids;
        this.answers = answers;
        this.routing = routing;
        this.appends = appends;
        this.memory = memory;
        this.calls = calls;
    }

    /** The service with Produce taking messages as they are. */
    ServerServiceDefinition definition() {
        return RawServices.replace(
                bindService(),
                ServerMethodDefinition.create(
                        RawMethods.SERVE_PRODUCE, ServerCalls.asyncBidiStreamingCall(this::produceRaw)));
    }

    private StreamObserver<byte[]> produceRaw(StreamObserver<ProduceResponse> responses) {
        try {
            calls.enter();
        } catch (FlotillaException e) {
            responses.onError(GrpcErrors.toStatus(e));
            return new Refused<>();
        }
        ProduceStream stream = new ProduceStream(
                (ServerCallStreamObserver<ProduceResponse>) responses,
                routing,
                appends,
                memory,
                new StickyChoice(),
                calls);
        calls.add(stream);
        return stream;
    }

    /** Takes what may still come of a call that was refused. */
    static final class Refused<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {
            // the call is over
        }

        @Override
        public void onError(Throwable error) {
            // the call is over
        }

        @Override
        public void onCompleted() {
            // the call is over
        }
    }

    @Override
    public void initProducer(InitProducerRequest request, StreamObserver<InitProducerResponse> response) {
        answers.answer(response, () -> {
            check(request);
            boolean anew = !request.hasProducerId() || request.getProducerEpoch() == Integer.MAX_VALUE;
            return anew
                    ? ids.next().thenApply(id -> identity(id, 0))
                    : CompletableFuture.completedFuture(
                            identity(request.getProducerId(), request.getProducerEpoch() + 1));
        });
    }

    private void check(InitProducerRequest request) {
        if (calls.draining()) {
            throw draining();
        }
        if (!request.getTransactionalId().isEmpty()) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                    "this broker has no transactions; leave transactional_id empty");
        }
        if (request.hasProducerId() != request.hasProducerEpoch()
                || (request.hasProducerId() && request.getProducerId() <= 0)
                || request.getProducerEpoch() < 0) {
            throw Errors.invalid("producer_id is %s and producer_epoch %s; give both as they were, or none"
                    .formatted(
                            request.hasProducerId() ? request.getProducerId() : "missing",
                            request.hasProducerEpoch() ? request.getProducerEpoch() : "missing"));
        }
    }

    private static FlotillaException draining() {
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_DRAINING, "this broker is shutting down; send this to another one");
    }

    private static InitProducerResponse identity(long id, int epoch) {
        return InitProducerResponse.newBuilder()
                .setProducerId(id)
                .setProducerEpoch(epoch)
                .setMaxInFlightBatches(ProducerTable.REMEMBERED_BATCHES)
                .build();
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> response) {
        answers.answer(response, () -> {
            check(request);
            Topic topic = routing.ownTopic(request.getTopic(), ByteString.EMPTY);
            return publish(request, topic, byPartition(request, topic));
        });
    }

    private CompletableFuture<PublishResponse> publish(
            PublishRequest request, Topic topic, Map<Integer, List<Integer>> byPartition) {
        long bytes = request.getSerializedSize();
        memory.take(bytes);
        List<CompletableFuture<PartitionResult>> results = new ArrayList<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        byPartition.forEach((partition, indices) -> {
            Appends.Started started = append(request, topic, partition, indices);
            results.add(started.answer().thenApply(answer -> result(partition, indices, answer)));
            ends.add(started.end());
        });
        var unusedRelease =
                CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).thenRun(() -> memory.release(bytes));
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> PublishResponse.newBuilder()
                        .addAllResults(
                                results.stream().map(CompletableFuture::join).toList())
                        .build());
    }

    private void check(PublishRequest request) {
        if (calls.draining()) {
            throw draining();
        }
        if (memory.isFull()) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_OVERLOADED,
                            "this broker has all the unanswered requests it can hold (produce.memory-bytes)")
                    .withRetryAfter(100);
        }
        int count = request.getRecordsCount();
        if (count == 0 || count > MAX_RECORDS) {
            throw Errors.invalid("the request has %d records; must be 1 to %d".formatted(count, MAX_RECORDS));
        }
        if (request.getAcks() == Acks.UNRECOGNIZED) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, "this broker knows no other acks than QUORUM and ALL");
        }
        Appends.Request.requireTimeout(request.getTimeoutMs());
        if (!request.getRequestId().isEmpty()) {
            uuid(request.getRequestId());
        }
        for (int i = 0; i < count; i++) {
            if (request.getRecords(i).hasOffsetDelta()) {
                throw Errors.invalid("record %d has an offset_delta; offsets are the broker's".formatted(i));
            }
        }
    }

    private static ByteString uuid(String text) {
        if (!UUID_TEXT.matcher(text).matches()) {
            throw Errors.invalid("request_id is '%s'; must be a UUID such as %s"
                    .formatted(text.length() > 100 ? text.substring(0, 100) + "..." : text, new UUID(0, 1)));
        }
        UUID id = UUID.fromString(text);
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    private Map<Integer, List<Integer>> byPartition(PublishRequest request, Topic topic) {
        int partitions = topic.partitions().size();
        int keyless = -1;
        Map<Integer, List<Integer>> indices = new TreeMap<>();
        for (int i = 0; i < request.getRecordsCount(); i++) {
            Record record = request.getRecords(i);
            int partition;
            if (request.hasPartition()) {
                partition = routing.partition(topic, request.getPartition()).partition();
            } else if (record.hasKey()) {
                partition = Murmur2.partition(record.getKey(), partitions);
            } else {
                keyless = keyless >= 0 ? keyless : choose(topic, partitions, request);
                partition = keyless;
            }
            indices.computeIfAbsent(partition, p -> new ArrayList<>()).add(i);
        }
        return indices;
    }

    /** The repeat of a request must find what it repeats. */
    private int choose(Topic topic, int partitions, PublishRequest request) {
        if (!request.getRequestId().isEmpty()) {
            return Murmur2.partition(request.getRequestIdBytes(), partitions);
        }
        synchronized (publishes) {
            return publishes.next(topic.id(), partitions, request.getSerializedSize());
        }
    }

    private Appends.Started append(PublishRequest request, Topic topic, int partition, List<Integer> indices) {
        byte[] batch = batch(request, indices).toByteArray();
        return appends.append(new Appends.Request(
                topic,
                routing.partition(topic, partition),
                new Appends.Terms(
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        request.getAcks() == Acks.ACKS_ALL,
                        !Forwarding.isForwarded(),
                        request.getTimeoutMs()),
                batch,
                0,
                batch.length));
    }

    private static PartitionResult result(int partition, List<Integer> indices, ProduceResponse answer) {
        PartitionResult.Builder result =
                PartitionResult.newBuilder().setPartition(partition).addAllRecordIndices(indices);
        return answer.hasAppended()
                ? result.setAppended(answer.getAppended()).build()
                : result.setError(answer.getError()).build();
    }

    private static RecordBatch batch(PublishRequest request, List<Integer> indices) {
        RecordSet.Builder records = RecordSet.newBuilder();
        long latest = Long.MIN_VALUE;
        for (int index : indices) {
            Record record = request.getRecords(index);
            records.addRecords(record);
            latest = Math.max(latest, record.getTimestampDeltaMs());
        }
        RecordBatch.Builder batch = RecordBatch.newBuilder().setRecordCount(indices.size());
        if (request.getBaseTimestampMs() != 0) {
            batch.setBaseTimestampMs(request.getBaseTimestampMs())
                    .setMaxTimestampMs(request.getBaseTimestampMs() + latest);
        }
        if (!request.getRequestId().isEmpty()) {
            batch.setRequestId(uuid(request.getRequestId()));
        }
        return batch.setRecords(records).build();
    }
}
