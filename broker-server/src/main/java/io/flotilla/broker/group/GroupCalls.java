package io.flotilla.broker.group;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.broker.control.LeaderTable;
import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.GroupsChanged;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.PeerCalls;
import io.flotilla.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reaches the coordinator of any group: here, or on another broker over the internal listener. Tells those who listen
 * here of changes in groups, wherever they are coordinated. Safe for use by any thread.
 */
public final class GroupCalls {
    private static final String ASK = "group";
    private static final String NEWS = "group-news";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int nodeId;
    private final Supplier<MetadataImage> image;
    private final LeaderTable leaders;
    private final PeerCalls calls;
    private final GroupNews news;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile GroupCoordinator coordinator = new NotYet();

    /** Calls and answers; nothing is coordinated here until {@link #coordinate}. */
    public GroupCalls(
            int nodeId,
            Supplier<MetadataImage> image,
            LeaderTable leaders,
            PeerCalls calls,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.nodeId = nodeId;
        this.image = image;
        this.leaders = leaders;
        this.calls = calls;
        this.news = new GroupNews(this::deliver, timer, nanoClock);
        calls.handle(ASK, this::answer);
        calls.handle(NEWS, this::hear);
    }

    /** From now on groups are coordinated here too. */
    public void coordinate(GroupCoordinator here) {
        coordinator = here;
    }

    /** For the coordinator here: members or assignments of these groups changed. */
    public void changed(Set<String> groups) {
        news.changed(groups);
    }

    /** {@code listener} is told the name of each group that changed, if this broker has asked about it lately. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** The offsets topic, once it exists. */
    public Optional<Topic> offsetsTopic() {
        return image.get().topics().find(OffsetsTopic.NAME);
    }

    /** The broker that coordinates {@code group}, if one is known. */
    public Optional<Integer> coordinatorOf(String group) {
        return offsetsTopic()
                .flatMap(topic -> leaders.leaderOf(new PartitionId(
                        topic.id(),
                        OffsetsTopic.partitionOf(group, topic.partitions().size()))))
                .map(Lead::brokerId);
    }

    /**
     * Asks the coordinator of {@code group}. Fails with {@link FlotillaException}: LEADER_UNAVAILABLE if it cannot be
     * reached, or what it refuses.
     */
    public CompletableFuture<GroupAnswer> call(GroupCall.Builder call) {
        Optional<Topic> topic = offsetsTopic();
        if (topic.isEmpty()) {
            return CompletableFuture.failedFuture(unavailable("the topic that holds groups does not exist yet"));
        }
        Optional<Integer> broker = coordinatorOf(call.getGroup());
        return broker.isPresent()
                ? ask(broker.get(), call.setFromBroker(nodeId).build())
                : CompletableFuture.failedFuture(
                        unavailable("the coordinator of group '%s' is being elected".formatted(call.getGroup())));
    }

    /** Asks every broker that coordinates groups; fails if one of them cannot be reached. */
    public CompletableFuture<List<GroupAnswer>> callAll(GroupCall.Builder call) {
        Optional<Topic> topic = offsetsTopic();
        if (topic.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Set<Integer> brokers = new TreeSet<>();
        for (int number = 0; number < topic.get().partitions().size(); number++) {
            Optional<Lead> lead = leaders.leaderOf(new PartitionId(topic.get().id(), number));
            if (lead.isEmpty()) {
                return CompletableFuture.failedFuture(unavailable("a coordinator of groups is being elected"));
            }
            brokers.add(lead.get().brokerId());
        }
        GroupCall request = call.setFromBroker(nodeId).build();
        List<CompletableFuture<GroupAnswer>> answers = new ArrayList<>();
        brokers.forEach(broker -> answers.add(ask(broker, request)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<GroupAnswer> ask(int broker, GroupCall request) {
        CompletableFuture<GroupAnswer> answer = broker == nodeId ? here(request) : there(broker, request);
        return answer.thenApply(GroupCalls::orThrow);
    }

    private static GroupAnswer orThrow(GroupAnswer answer) {
        if (answer.hasError()) {
            throw FlotillaException.fromError(answer.getError());
        }
        return answer;
    }

    private CompletableFuture<GroupAnswer> here(GroupCall request) {
        if (request.hasBeat()) {
            news.heard(request.getGroup(), request.getFromBroker());
        }
        return coordinator.answer(request);
    }

    private CompletableFuture<GroupAnswer> there(int broker, GroupCall request) {
        Optional<RegisteredBroker> registered = image.get().brokers().find(broker);
        if (registered.isEmpty()) {
            return CompletableFuture.failedFuture(unavailable("broker %d is not known here".formatted(broker)));
        }
        return calls.call(registered.get().registration().peer(), ASK, request.toByteArray(), PATIENCE)
                .thenApply(GroupCalls::parse)
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(
                        unavailable("broker %d, which coordinates the group, does not answer".formatted(broker))
                                .withCause(error)));
    }

    private static GroupAnswer parse(byte[] bytes) {
        try {
            return GroupAnswer.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("another broker sent an answer that is none", e);
        }
    }

    private static FlotillaException unavailable(String message) {
        return FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, message);
    }

    private CompletableFuture<byte[]> answer(byte[] bytes) {
        try {
            return here(GroupCall.parseFrom(bytes)).thenApply(GroupAnswer::toByteArray);
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void deliver(int broker, GroupsChanged changed) {
        if (broker == nodeId) {
            tell(changed);
        } else {
            image.get().brokers().find(broker).ifPresent(to -> {
                var unused = calls.call(to.registration().peer(), NEWS, changed.toByteArray(), PATIENCE);
            });
        }
    }

    private CompletableFuture<byte[]> hear(byte[] bytes) {
        try {
            tell(GroupsChanged.parseFrom(bytes));
            return CompletableFuture.completedFuture(new byte[0]);
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void tell(GroupsChanged changed) {
        changed.getGroupsList().forEach(group -> listeners.forEach(listener -> listener.accept(group)));
    }

    /** Before this broker has opened what it stores. */
    private static final class NotYet implements GroupCoordinator {
        @Override
        public CompletableFuture<GroupAnswer> answer(GroupCall call) {
            return CompletableFuture.completedFuture(GroupAnswer.newBuilder()
                    .setError(unavailable("this broker is still starting").toError())
                    .build());
        }

        @Override
        public void elected(int partition, io.flotilla.broker.partition.Partition log, long term) {
            throw new IllegalStateException("nothing is coordinated here yet");
        }

        @Override
        public void resigned(int partition) {
            throw new IllegalStateException("nothing is coordinated here yet");
        }

        @Override
        public void metadataChanged(MetadataImage image) {
            // of no interest yet
        }

        @Override
        public void count() {
            // nothing to count
        }

        @Override
        public List<String> groups() {
            return List.of();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
