package io.flotilla.broker.producer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.broker.v1.ProducersProto.Batch;
import io.flotilla.broker.v1.ProducersProto.Producer;
import io.flotilla.broker.v1.ProducersProto.Producers;
import io.flotilla.broker.v1.ProducersProto.Request;
import io.flotilla.broker.v1.ProducersProto.Written;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** {@link ProducerSnapshot} as bytes. Equal snapshots have equal bytes. */
final class SnapshotCodec {
    private static final int UUID_BYTES = 16;

    private SnapshotCodec() {}

    static byte[] encode(ProducerSnapshot snapshot) {
        Producers.Builder all =
                Producers.newBuilder().setEndOffset(snapshot.endOffset()).setLeaderEpoch(snapshot.leaderEpoch());
        new TreeMap<>(snapshot.histories()).forEach((id, batches) -> {
            Producer.Builder producer = Producer.newBuilder().setId(id);
            batches.forEach(batch -> producer.addBatches(Batch.newBuilder()
                    .setEpoch(batch.epoch())
                    .setBaseSequence(batch.baseSequence())
                    .setWritten(written(batch.written()))));
            all.addProducers(producer);
        });
        snapshot.requests()
                .forEach(request -> all.addRequests(
                        Request.newBuilder().setId(bytes(request.getKey())).setWritten(written(request.getValue()))));
        return all.build().toByteArray();
    }

    static ProducerSnapshot decode(ByteBuffer bytes) throws InvalidProtocolBufferException {
        Producers all = Producers.parseFrom(bytes);
        Map<Long, List<SequencedBatch>> histories = new LinkedHashMap<>();
        for (Producer producer : all.getProducersList()) {
            histories.put(
                    producer.getId(),
                    producer.getBatchesList().stream()
                            .map(batch -> new SequencedBatch(
                                    batch.getEpoch(), batch.getBaseSequence(), written(batch.getWritten())))
                            .toList());
        }
        List<Map.Entry<UUID, WrittenBatch>> requests = new ArrayList<>();
        for (Request request : all.getRequestsList()) {
            requests.add(Map.entry(uuid(request.getId()), written(request.getWritten())));
        }
        return new ProducerSnapshot(all.getEndOffset(), all.getLeaderEpoch(), histories, requests);
    }

    private static Written written(WrittenBatch batch) {
        return Written.newBuilder()
                .setBaseOffset(batch.baseOffset())
                .setNextOffset(batch.nextOffset())
                .setAppendTimeMs(batch.appendTimeMs())
                .setLeaderEpoch(batch.leaderEpoch())
                .build();
    }

    private static WrittenBatch written(Written batch) {
        return new WrittenBatch(
                batch.getBaseOffset(), batch.getNextOffset(), batch.getAppendTimeMs(), batch.getLeaderEpoch());
    }

    private static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(UUID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    private static UUID uuid(ByteString bytes) throws InvalidProtocolBufferException {
        if (bytes.size() != UUID_BYTES) {
            throw new InvalidProtocolBufferException("a request id has %d bytes".formatted(bytes.size()));
        }
        ByteBuffer id = bytes.asReadOnlyByteBuffer();
        return new UUID(id.getLong(), id.getLong());
    }
}
