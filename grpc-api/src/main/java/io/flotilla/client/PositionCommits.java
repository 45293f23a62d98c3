package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Commit;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits over a member's stream what the member has processed: the latest position of each partition, some together, one
 * request under way at a time, again when a stream breaks. The broker adds the member's epoch. Owned by the loop.
 */
final class PositionCommits {
    private static final Logger log = LoggerFactory.getLogger(PositionCommits.class);
    private static final Duration TOGETHER = Duration.ofMillis(100);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final ClientLoop loop;
    private final Consumer<SubscribeRequest.Builder> out;
    private final Runnable onSettled;
    private final Map<TopicPartition, Tenure> wanted = new LinkedHashMap<>();
    private final Map<TopicPartition, Tenure> underWay = new HashMap<>();
    private ClientLoop.Timer timer = ClientLoop.Timer.NONE;

    /** @param onSettled told whenever some were committed, or refused for good */
    PositionCommits(ClientLoop loop, Consumer<SubscribeRequest.Builder> out, Runnable onSettled) {
        this.loop = loop;
        this.out = out;
        this.onSettled = onSettled;
    }

    /** The tenure has got further; commits that soon. */
    void want(Tenure tenure) {
        wanted.put(tenure.partition(), tenure);
        sendIn(TOGETHER);
    }

    /** Commits what is wanted without waiting for more. */
    void flush() {
        timer.cancel();
        send();
    }

    /** Whether nothing of the partition is wanted or under way. */
    boolean isSettled(TopicPartition partition) {
        return !wanted.containsKey(partition) && !underWay.containsKey(partition);
    }

    /** Whether nothing at all is. */
    boolean isSettled() {
        return wanted.isEmpty() && underWay.isEmpty();
    }

    /** The partition is another member's; what is under way cannot be called back. */
    void forget(Tenure tenure) {
        wanted.remove(tenure.partition(), tenure);
    }

    /** What was under way may be lost with its stream. */
    void connecting() {
        underWay.values().stream()
                .filter(tenure -> tenure.state() != Tenure.State.OVER)
                .forEach(tenure -> wanted.putIfAbsent(tenure.partition(), tenure));
        underWay.clear();
    }

    private void sendIn(Duration wait) {
        if (!timer.isPending()) {
            timer = loop.schedule(wait, this::send);
        }
    }

    /** What the present stream does not know to be the member's waits until it does. */
    private void send() {
        wanted.values().removeIf(tenure -> !tenure.isAhead());
        List<Tenure> ready = wanted.values().stream()
                .filter(tenure -> tenure.state() != Tenure.State.UNSURE)
                .toList();
        if (ready.isEmpty() || !underWay.isEmpty()) {
            return;
        }
        Commit.Builder commit = Commit.newBuilder().setConfirm(true);
        for (Tenure tenure : ready) {
            commit.addOffsets(PartitionOffset.newBuilder()
                    .setTopic(tenure.partition().topic())
                    .setPartition(tenure.partition().partition())
                    .setOffset(tenure.acked()));
            wanted.remove(tenure.partition());
            underWay.put(tenure.partition(), tenure);
        }
        out.accept(SubscribeRequest.newBuilder().setCommit(commit));
    }

    /** The broker has answered, after it has said what it refuses. */
    void answered() {
        underWay.clear();
        goOn(TOGETHER);
    }

    /** The broker does not commit this one. False if it was not asked to. */
    boolean refused(TopicPartition partition, FlotillaException error) {
        Tenure tenure = underWay.remove(partition);
        if (tenure == null) {
            return false;
        }
        if (error.retriable() && tenure.state() != Tenure.State.OVER) {
            wanted.putIfAbsent(partition, tenure);
        } else if (error.code() != ErrorCode.ERROR_CODE_NOT_ASSIGNED) { // else the broker will say more
            log.warn("{} is not committed at {}: {}", partition, tenure.acked(), error.getMessage());
        }
        if (underWay.isEmpty()) {
            goOn(AGAIN);
        }
        return true;
    }

    private void goOn(Duration wait) {
        if (!wanted.isEmpty()) {
            sendIn(wait);
        }
        onSettled.run();
    }
}
