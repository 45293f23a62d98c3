package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.Batches;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.Position;
import io.flotilla.wire.InboundEvent;
import io.flotilla.wire.RawMethods;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Long polls of partitions that other brokers lead. Readers that want the same at the same time share one: a thousand at the
 * end of a partition cost its leader a single call.
 *
 * <p>None is taken back when its readers leave, as that would reset a stream, and a connection with many resets is closed
 * under all calls between the two brokers. It ends by itself within {@link #WAIT_MS}, and there is at most one for each end
 * of a partition and size of a read. Safe for use by any thread.
 */
final class SharedFetches {
    private static final int WAIT_MS = 10_000;
    private static final int TIMEOUT_MS = 20_000;
    private static final List<Compression> ALL_CODECS = List.of(
            Compression.COMPRESSION_NONE,
            Compression.COMPRESSION_GZIP,
            Compression.COMPRESSION_SNAPPY,
            Compression.COMPRESSION_LZ4,
            Compression.COMPRESSION_ZSTD);

    private final BrokerChannels channels;
    private final int maxMessageBytes;
    private final Map<What, Poll> underWay = new ConcurrentHashMap<>();

    SharedFetches(BrokerChannels channels, int maxMessageBytes) {
        this.channels = channels;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Told once, on any thread, how a poll ended. */
    interface Reader {
        /** Perhaps with nothing: then the leader has waited in vain. */
        void answered(Chunk chunk);

        void failed(FlotillaException error);
    }

    private record What(
            LeaderHint leader, String topic, ByteString topicId, int partition, long offset, int maxBytes) {}

    /**
     * Asks the leader for what is at {@code offset}, or joins those who already do.
     *
     * @param maxBytes rounded down to a power of two, so that readers of different tastes share too
     * @return to be run when the reader wants to hear of it no more
     */
    Runnable join(LeaderHint leader, Topic topic, int partition, long offset, int maxBytes, Reader reader) {
        What what = new What(
                leader, topic.name(), MetadataViews.id(topic), partition, offset, Integer.highestOneBit(maxBytes));
        Poll poll = underWay.computeIfAbsent(what, Poll::new);
        while (!poll.add(reader)) { // it has just ended
            underWay.remove(what, poll);
            poll = underWay.computeIfAbsent(what, Poll::new);
        }
        poll.startOnce();
        Poll joined = poll;
        return () -> joined.remove(reader);
    }

    /** How many calls are under way. */
    int count() {
        return underWay.size();
    }

    /** One call. */
    private final class Poll implements StreamObserver<byte[]> {
        private final What what;
        private final Set<Reader> readers = new LinkedHashSet<>(); // guarded by this
        private boolean started; // guarded by this
        private boolean over; // guarded by this

        Poll(What what) {
            this.what = what;
        }

        /** False if it is over. */
        synchronized boolean add(Reader reader) {
            return !over && readers.add(reader);
        }

        synchronized void remove(Reader reader) {
            readers.remove(reader);
        }

        private synchronized boolean isFirst() {
            boolean first = !started;
            started = true;
            return first;
        }

        void startOnce() {
            if (isFirst()) {
                ClientCall<FetchRequest, byte[]> call = channels.to(
                                what.leader().getEndpoint(), BrokerChannels.Use.READS)
                        .newCall(RawMethods.CALL_FETCH, BrokerChannels.within(TIMEOUT_MS));
                ClientCalls.asyncUnaryCall(call, request(), this);
            }
        }

        private FetchRequest request() {
            return FetchRequest.newBuilder()
                    .setTopic(what.topic())
                    .setTopicId(what.topicId())
                    .setPartition(what.partition())
                    .setFrom(Position.newBuilder().setOffset(what.offset()))
                    .setMaxBytes(what.maxBytes())
                    .setMaxWaitMs(WAIT_MS)
                    .setLeaderOnly(true)
                    .setDecode(DecodeOptions.newBuilder()
                            .addAllAccept(ALL_CODECS)
                            .setAcceptUntrimmed(true)
                            .setMaxMessageBytes(maxMessageBytes))
                    .build();
        }

        @Override
        public void onNext(byte[] message) {
            if (InboundEvent.parse(message) instanceof InboundEvent.Frames frames) {
                Batches header = frames.header();
                Chunk chunk = new Chunk(
                        new Chunk.Remote(frames.bytes(), frames.from()),
                        header.getNextOffset(),
                        header.getHighWatermark(),
                        header.getLogStartOffset(),
                        what.leader());
                end(reader -> reader.answered(chunk));
            }
        }

        @Override
        public void onError(Throwable error) {
            FlotillaException why = Errors.ofPeer(GrpcErrors.from(error));
            end(reader -> reader.failed(why));
        }

        @Override
        public void onCompleted() {
            FlotillaException nothing = FlotillaException.of(
                    ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                    "broker %d answered a fetch with nothing"
                            .formatted(what.leader().getEndpoint().getBrokerId()));
            end(reader -> reader.failed(nothing)); // nobody, if the answer came before
        }

        private void end(Consumer<Reader> news) {
            underWay.remove(what, this);
            takeReaders().forEach(news);
        }

        private synchronized List<Reader> takeReaders() {
            over = true;
            List<Reader> taken = List.copyOf(readers);
            readers.clear();
            return taken;
        }
    }
}
