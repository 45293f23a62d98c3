package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ClusterServiceGrpc;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.GetMetadataResponse;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.TopicMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who leads what, as far as this client knows. Filled on demand and refreshed when an answer shows that it is out of
 * date. The loop is the only writer, and replies come on it; any thread may ask.
 */
final class ClusterView {
    private static final int DEFAULT_MAX_BATCH_BYTES = 1 << 20;
    private static final int UNKNOWN_TOPIC_ATTEMPTS = 8;
    private static final Duration UNKNOWN_TOPIC_WAIT = Duration.ofMillis(250);

    private final ControlCalls calls;
    private final Brokers brokers;
    private final ClientLoop loop;
    // who waits for an answer about a topic; at most one call per topic at a time; owned by the loop
    private final Map<String, List<Reply<TopicView>>> asking = new HashMap<>();
    private volatile Map<String, TopicView> topics = Map.of();
    private volatile Map<Integer, Endpoint> endpoints = Map.of();

    ClusterView(ControlCalls calls, Brokers brokers, ClientLoop loop) {
        this.calls = calls;
        this.brokers = brokers;
        this.loop = loop;
    }

    /**
     * The topic, asked for if it is not known yet: repeatedly for a short while, because a topic just created is not
     * known everywhere at once.
     */
    void topic(String name, Reply<TopicView> reply) {
        TopicView known = topics.get(name);
        if (known != null) {
            loop.execute(() -> reply.succeeded().accept(known));
        } else {
            askUntilKnown(name, UNKNOWN_TOPIC_ATTEMPTS, reply);
        }
    }

    private void askUntilKnown(String name, int attempts, Reply<TopicView> reply) {
        refresh(name, new Reply<>(reply.succeeded(), error -> {
            if (attempts > 1 && error.code() == ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION) {
                loop.schedule(UNKNOWN_TOPIC_WAIT, () -> askUntilKnown(name, attempts - 1, reply));
            } else {
                reply.failed().accept(error);
            }
        }));
    }

    /** The topic as it is now. */
    void refresh(String name, Reply<TopicView> reply) {
        loop.execute(() -> {
            List<Reply<TopicView>> waiting = asking.get(name);
            if (waiting != null) {
                waiting.add(reply);
            } else {
                asking.put(name, new ArrayList<>(List.of(reply)));
                calls.read(
                        ClusterServiceGrpc.getGetMetadataMethod(),
                        GetMetadataRequest.newBuilder().addTopics(name).build(),
                        new Reply<>(answer -> answered(name, answer), error -> failed(name, error)));
            }
        });
    }

    /** Where the leader of a partition can be dialled; empty when there is none, or it is not known. */
    Optional<Endpoint> leader(String topic, int partition) {
        TopicView view = topics.get(topic);
        return view == null || partition >= view.partitionCount()
                ? Optional.empty()
                : Optional.ofNullable(
                        endpoints.get(view.leaders().get(partition).brokerId()));
    }

    /** How many brokers can be dialled, as far as is known. */
    int brokerCount() {
        return endpoints.size();
    }

    /** Takes over what an answer says about a leader. Only on the loop. */
    void learn(String topic, int partition, LeaderHint hint) {
        loop.checkInLoop();
        TopicView view = topics.get(topic);
        BrokerEndpoint endpoint = hint.getEndpoint();
        if (view != null && partition < view.partitionCount() && endpoint.getBrokerId() >= 0 && isUsable(endpoint)) {
            endpoints = with(endpoints, endpoint.getBrokerId(), Endpoint.of(endpoint));
            List<TopicView.Leader> leaders = new ArrayList<>(view.leaders());
            leaders.set(partition, new TopicView.Leader(endpoint.getBrokerId(), hint.getLeaderEpoch()));
            topics = with(topics, topic, new TopicView(topic, view.topicId(), leaders, view.maxBatchBytes()));
        }
    }

    private void failed(String name, FlotillaException error) {
        waiting(name).forEach(reply -> reply.failed().accept(error));
    }

    private void answered(String name, GetMetadataResponse answer) {
        List<BrokerEndpoint> usable = answer.getCluster().getBrokersList().stream()
                .filter(ClusterView::isUsable)
                .toList();
        endpoints = usable.stream()
                .collect(Collectors.toUnmodifiableMap(BrokerEndpoint::getBrokerId, Endpoint::of, (a, b) -> b));
        brokers.learn(usable);
        TopicMetadata topic = find(name, answer);
        if (topic == null) {
            failed(
                    name,
                    FlotillaException.of(
                            ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                            "topic %s is not known to the cluster".formatted(name)));
        } else if (topic.hasError()) {
            failed(name, FlotillaException.fromError(topic.getError()));
        } else {
            TopicView view = view(topic);
            topics = with(topics, name, view);
            waiting(name).forEach(reply -> reply.succeeded().accept(view));
        }
    }

    /** A broker may not know where clients reach another one. */
    private static boolean isUsable(BrokerEndpoint endpoint) {
        return !endpoint.getHost().isEmpty() && endpoint.getPort() > 0 && endpoint.getPort() <= 65535;
    }

    private List<Reply<TopicView>> waiting(String name) {
        List<Reply<TopicView>> waiting = asking.remove(name);
        return waiting == null ? List.of() : waiting;
    }

    private static @Nullable TopicMetadata find(String name, GetMetadataResponse answer) {
        for (TopicMetadata topic : answer.getTopicsList()) {
            if (topic.getTopic().equals(name)) {
                return topic;
            }
        }
        return null;
    }

    private static TopicView view(TopicMetadata topic) {
        return new TopicView(
                topic.getTopic(),
                topic.getTopicId(),
                topic.getPartitionsList().stream()
                        .map(partition -> new TopicView.Leader(partition.getLeaderId(), partition.getLeaderEpoch()))
                        .toList(),
                topic.getMaxBatchBytes() > 0 ? topic.getMaxBatchBytes() : DEFAULT_MAX_BATCH_BYTES);
    }

    private static <K, V> Map<K, V> with(Map<K, V> map, K key, V value) {
        Map<K, V> copy = new HashMap<>(map);
        copy.put(key, value);
        return Map.copyOf(copy);
    }
}
