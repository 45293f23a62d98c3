package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.Batches;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.Position;
import io.flotilla.wire.InboundEvent;
import io.flotilla.wire.RawMethods;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a partition that another broker leads, by one long poll after the other. Asks and answers run on the
 * call's own thread of execution, given to it as {@code serial}.
 */
final class RemoteSource implements BatchSource {
    private static final int WAIT_MS = 10_000;
    private static final int TIMEOUT_MS = 20_000;
    private static final List<Compression> ALL_CODECS = List.of(
            Compression.COMPRESSION_NONE,
            Compression.COMPRESSION_GZIP,
            Compression.COMPRESSION_SNAPPY,
            Compression.COMPRESSION_LZ4,
            Compression.COMPRESSION_ZSTD);

    private final Topic topic;
    private final int partition;
    private final LeaderHint leader;
    private final BrokerChannels channels;
    private final int maxMessageBytes;
    private final Serial serial;
    private @Nullable ClientCall<FetchRequest, byte[]> asking;
    private @Nullable Chunk answer;
    private @Nullable FlotillaException failure;

    RemoteSource(
            Topic topic,
            int partition,
            LeaderHint leader,
            BrokerChannels channels,
            int maxMessageBytes,
            Serial serial) {
        this.topic = topic;
        this.partition = partition;
        this.leader = leader;
        this.channels = channels;
        this.maxMessageBytes = maxMessageBytes;
        this.serial = serial;
    }

    @Override
    public @Nullable Chunk poll(long offset, int maxBytes, Runnable wake) {
        FlotillaException failed = failure;
        if (failed != null) {
            failure = null;
            throw failed;
        }
        Chunk arrived = answer;
        answer = null;
        boolean nothing = arrived == null || arrived.isEmpty();
        if (nothing && asking == null) {
            ask(offset, maxBytes, wake);
        }
        return arrived;
    }

    private void ask(long offset, int maxBytes, Runnable wake) {
        FetchRequest request = FetchRequest.newBuilder()
                .setTopic(topic.name())
                .setTopicId(MetadataViews.id(topic))
                .setPartition(partition)
                .setFrom(Position.newBuilder().setOffset(offset))
                .setMaxBytes(maxBytes)
                .setMaxWaitMs(WAIT_MS)
                .setLeaderOnly(true)
                .setDecode(DecodeOptions.newBuilder()
                        .addAllAccept(ALL_CODECS)
                        .setAcceptUntrimmed(true)
                        .setMaxMessageBytes(maxMessageBytes))
                .build();
        ClientCall<FetchRequest, byte[]> call =
                channels.to(leader.getEndpoint()).newCall(RawMethods.CALL_FETCH, BrokerChannels.within(TIMEOUT_MS));
        asking = call;
        ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                serial.execute(() -> arrived(message, wake));
            }

            @Override
            public void onError(Throwable error) {
                serial.execute(() -> {
                    asking = null;
                    failure = Errors.ofPeer(GrpcErrors.from(error));
                    wake.run();
                });
            }

            @Override
            public void onCompleted() {
                // the answer came before
            }
        });
    }

    private void arrived(byte[] message, Runnable wake) {
        asking = null;
        if (InboundEvent.parse(message) instanceof InboundEvent.Frames frames) {
            Batches header = frames.header();
            answer = new Chunk(
                    new Chunk.Remote(frames.bytes(), frames.from()),
                    header.getNextOffset(),
                    header.getHighWatermark(),
                    header.getLogStartOffset(),
                    leader);
        }
        wake.run();
    }

    @Override
    public void close() {
        ClientCall<FetchRequest, byte[]> call = asking;
        if (call != null) {
            call.cancel("no longer wanted", null);
        }
    }
}
