package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ClusterMetadata;
import io.flotilla.v1.Drain;
import io.flotilla.v1.Heartbeat;
import io.flotilla.v1.TopicMetadata;
import io.flotilla.v1.WatchMetadataRequest;
import io.flotilla.v1.WatchMetadataResponse;
import io.flotilla.v1.WatchMetadataResponse.Snapshot;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Clients that follow the metadata: each gets a snapshot, then what changed, when it changes. A client that does not read
 * gets nothing more until it does, and then the sum of the changes.
 */
final class MetadataWatches {
    private final Routing routing;
    private final MetadataViews views;
    private final InstantSource clock;
    private final Executor pool;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    MetadataWatches(Routing routing, MetadataViews views, InstantSource clock, Executor pool) {
        this.routing = routing;
        this.views = views;
        this.clock = clock;
        this.pool = pool;
    }

    void add(WatchMetadataRequest request, ServerCallStreamObserver<WatchMetadataResponse> out, OpenCalls calls) {
        Watch watch = new Watch(Set.copyOf(request.getTopicsList()), out, calls);
        watches.add(watch);
        calls.add(watch);
        watch.update();
    }

    /** Something may have changed. */
    void changed() {
        watches.forEach(Watch::update);
    }

    void heartbeat(int intervalMs) {
        watches.forEach(watch -> watch.heartbeat(intervalMs));
    }

    /** One client. Owner: its serial execution. */
    private final class Watch implements OpenCalls.Call {
        private final Set<String> topics;
        private final ServerCallStreamObserver<WatchMetadataResponse> out;
        private final OpenCalls calls;
        private final Serial serial = new Serial(pool);
        private Map<String, TopicMetadata> sent = new HashMap<>();
        private @Nullable ClusterMetadata sentCluster;
        private long lastSentMs;
        private boolean over;

        /** @param topics empty = all */
        Watch(Set<String> topics, ServerCallStreamObserver<WatchMetadataResponse> out, OpenCalls calls) {
            this.topics = topics;
            this.out = out;
            this.calls = calls;
            out.setOnReadyHandler(this::update);
            out.setOnCancelHandler(() -> serial.execute(this::close));
        }

        void update() {
            serial.execute(() -> {
                if (!over && out.isReady()) {
                    sendChanges();
                }
            });
        }

        private void sendChanges() {
            MetadataImage image = routing.imageSoFar();
            if (!image.hasCluster()) {
                return; // what it will hold is told when it is known
            }
            ClusterMetadata cluster = views.cluster(image);
            Map<String, TopicMetadata> now = new HashMap<>();
            for (Topic topic : image.topics().all()) {
                if (topics.isEmpty() || topics.contains(topic.name())) {
                    now.put(topic.name(), views.topic(image, topic));
                }
            }
            WatchMetadataResponse.Builder response =
                    WatchMetadataResponse.newBuilder().setMetadataVersion(image.version());
            Snapshot.Builder part = Snapshot.newBuilder().setCluster(cluster);
            if (sentCluster == null) {
                send(response.setSnapshot(part.addAllTopics(now.values())).build());
            } else {
                List<TopicMetadata> changed = new ArrayList<>();
                now.forEach((name, topic) -> {
                    if (!topic.equals(sent.get(name))) {
                        changed.add(topic);
                    }
                });
                Set<String> deleted = new HashSet<>(sent.keySet());
                deleted.removeAll(now.keySet());
                if (changed.isEmpty() && deleted.isEmpty() && cluster.equals(sentCluster)) {
                    return;
                }
                send(response.setChanges(part.addAllTopics(changed))
                        .addAllDeletedTopics(deleted)
                        .build());
            }
            sent = now;
            sentCluster = cluster;
        }

        private void send(WatchMetadataResponse response) {
            lastSentMs = clock.millis();
            out.onNext(response);
        }

        void heartbeat(int intervalMs) {
            serial.execute(() -> {
                long now = clock.millis();
                if (!over && sentCluster != null && now - lastSentMs >= intervalMs && out.isReady()) {
                    send(WatchMetadataResponse.newBuilder()
                            .setHeartbeat(
                                    Heartbeat.newBuilder().setServerTimeMs(now).setHeartbeatIntervalMs(intervalMs))
                            .build());
                }
            });
        }

        @Override
        public void drain(Drain drain) {
            serial.execute(() -> {
                if (!over) {
                    send(WatchMetadataResponse.newBuilder().setDrain(drain).build());
                }
            });
        }

        @Override
        public void end(FlotillaException error) {
            serial.execute(() -> {
                if (!over) {
                    out.onError(GrpcErrors.toStatus(error));
                    close();
                }
            });
        }

        @Override
        public boolean isIdle() {
            return true;
        }

        private void close() {
            over = true;
            watches.remove(this);
            calls.leave(this);
        }
    }
}
