package io.flotilla.broker.grpc;

import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.raft.Peer;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddBrokerResponse;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.AddPartitionsResponse;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.Broker;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.CreateTopicResponse;
import io.flotilla.v1.DeleteGroupRequest;
import io.flotilla.v1.DeleteGroupResponse;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.DeleteTopicResponse;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.DescribePartitionResponse;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetClusterHealthRequest;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.GetGroupRequest;
import io.flotilla.v1.GetGroupResponse;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.GetTopicResponse;
import io.flotilla.v1.InternalEndpoint;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.ListBrokersRequest;
import io.flotilla.v1.ListBrokersResponse;
import io.flotilla.v1.ListGroupsRequest;
import io.flotilla.v1.ListGroupsResponse;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.ListTopicsResponse;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PauseGroupRequest;
import io.flotilla.v1.PauseGroupResponse;
import io.flotilla.v1.RemoveMemberRequest;
import io.flotilla.v1.RemoveMemberResponse;
import io.flotilla.v1.ResetGroupRequest;
import io.flotilla.v1.ResetGroupResponse;
import io.flotilla.v1.ResumeGroupRequest;
import io.flotilla.v1.ResumeGroupResponse;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.TransferLeadershipResponse;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.TruncateTopicResponse;
import io.flotilla.v1.UpdateTopicRequest;
import io.flotilla.v1.UpdateTopicResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Administration, on any broker. */
final class AdminService extends AdminServiceGrpc.AdminServiceImplBase {
    private static final int TRANSFER_TIMEOUT_MS = 10_000;

    private final Routing routing;
    private final Supplier<MetadataQuorum> quorum;
    private final TopicAdmin topics;
    private final GroupAdmin groups;
    private final TopicChanges changes;
    private final TopicTrim trim;
    private final PartitionDescriber describer;
    private final HealthReport health;
    private final NodeReports reports;
    private final BrokerChannels channels;
    private final Answers answers;

    AdminService(
            Routing routing,
            Supplier<MetadataQuorum> quorum,
            TopicAdmin topics,
            GroupAdmin groups,
            TopicChanges changes,
            TopicTrim trim,
            PartitionDescriber describer,
            HealthReport health,
            NodeReports reports,
            BrokerChannels channels,
            Answers answers) {
        this.routing = routing;
        this.quorum = quorum;
        this.topics = topics;
        this.groups = groups;
        this.changes = changes;
        this.trim = trim;
        this.describer = describer;
        this.health = health;
        this.reports = reports;
        this.channels = channels;
        this.answers = answers;
    }

    @Override
    public void createTopic(CreateTopicRequest request, StreamObserver<CreateTopicResponse> response) {
        answers.answer(response, () -> {
            Routing.refuseInternal(request.getTopic().getName());
            return topics.create(request)
                    .thenApply(topic -> CreateTopicResponse.newBuilder()
                            .setTopic(MetadataViews.description(topic))
                            .build());
        });
    }

    @Override
    public void updateTopic(UpdateTopicRequest request, StreamObserver<UpdateTopicResponse> response) {
        answers.answer(
                response,
                () -> changes.update(request)
                        .thenApply(topic -> UpdateTopicResponse.newBuilder()
                                .setTopic(MetadataViews.description(topic))
                                .build()));
    }

    @Override
    public void addPartitions(AddPartitionsRequest request, StreamObserver<AddPartitionsResponse> response) {
        answers.answer(
                response,
                () -> changes.addPartitions(request)
                        .thenApply(topic -> AddPartitionsResponse.newBuilder()
                                .setTopic(MetadataViews.description(topic))
                                .build()));
    }

    @Override
    public void truncateTopic(TruncateTopicRequest request, StreamObserver<TruncateTopicResponse> response) {
        answers.answer(response, () -> trim.trim(request, !Forwarding.isForwarded()));
    }

    @Override
    public void deleteTopic(DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> response) {
        answers.answer(
                response, () -> topics.delete(request).thenApply(done -> DeleteTopicResponse.getDefaultInstance()));
    }

    @Override
    public void getTopic(GetTopicRequest request, StreamObserver<GetTopicResponse> response) {
        answers.answer(response, () -> {
            Topic topic = routing.topic(request.getName());
            List<CompletableFuture<PartitionDescription>> partitions = new ArrayList<>();
            if (request.getWithPartitions()) {
                for (int partition = 0; partition < topic.partitions().size(); partition++) {
                    partitions.add(describer.describe(topic, new PartitionId(topic.id(), partition), true));
                }
            }
            return CompletableFuture.allOf(partitions.toArray(CompletableFuture[]::new))
                    .thenApply(all -> GetTopicResponse.newBuilder()
                            .setTopic(MetadataViews.description(topic))
                            .addAllPartitions(partitions.stream()
                                    .map(CompletableFuture::join)
                                    .toList())
                            .build());
        });
    }

    @Override
    public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> response) {
        answers.answer(response, () -> {
            Pages.Page<Topic> page = Pages.of(
                    routing.image().topics().all(), Topic::name, request.getPageSize(), request.getPageToken());
            ListTopicsResponse.Builder list = ListTopicsResponse.newBuilder().setNextPageToken(page.nextToken());
            page.items().forEach(topic -> list.addTopics(MetadataViews.description(topic)));
            return CompletableFuture.completedFuture(list.build());
        });
    }

    @Override
    public void listBrokers(ListBrokersRequest request, StreamObserver<ListBrokersResponse> response) {
        answers.answer(response, () -> {
            MetadataImage image = routing.image();
            Pages.Page<RegisteredBroker> page = Pages.of(
                    image.brokers().all(),
                    broker -> "%010d".formatted(broker.id()),
                    request.getPageSize(),
                    request.getPageToken());
            ListBrokersResponse.Builder list = ListBrokersResponse.newBuilder().setNextPageToken(page.nextToken());
            page.items().forEach(broker -> list.addBrokers(view(image, broker)));
            return CompletableFuture.completedFuture(list.build());
        });
    }

    private Broker view(MetadataImage image, RegisteredBroker broker) {
        MetadataQuorum metadata = quorum.get();
        Broker.State state = switch (broker.state()) {
            case FENCED -> Broker.State.STATE_OFFLINE;
            case DRAINING -> Broker.State.STATE_DRAINING;
            case ACTIVE -> reports.draining(broker.id()) ? Broker.State.STATE_DRAINING : Broker.State.STATE_RUNNING;
        };
        return Broker.newBuilder()
                .setEndpoint(Routing.endpoint(broker))
                .setState(state)
                .setVersion(broker.registration().version())
                .setLeaderCount(reports.leadCount(broker.id()))
                .setReplicaCount(image.topics().partitionsOn(broker.id()).size())
                .setStartTimeMs(broker.registration().registeredAtMs())
                .setMetadataVoter(metadata.members().voters().stream().anyMatch(p -> p.nodeId() == broker.id()))
                .setMetadataLeader(metadata.leadership().leaderId() == broker.id())
                .setRaft(InternalEndpoint.newBuilder()
                        .setHost(broker.raft().host())
                        .setPort(broker.raft().port()))
                .setHttpPort(broker.registration().endpoints().httpPort())
                .build();
    }

    @Override
    public void describePartition(
            DescribePartitionRequest request, StreamObserver<DescribePartitionResponse> response) {
        answers.answer(response, () -> {
            Topic topic = routing.topic(request.getPartition().getTopic());
            PartitionId id = routing.partition(topic, request.getPartition().getPartition());
            return describer
                    .describe(topic, id, !Forwarding.isForwarded())
                    .thenApply(partition -> DescribePartitionResponse.newBuilder()
                            .setPartition(partition)
                            .build());
        });
    }

    @Override
    public void transferLeadership(
            TransferLeadershipRequest request, StreamObserver<TransferLeadershipResponse> response) {
        answers.answer(response, () -> {
            Topic topic = routing.topic(request.getPartition().getTopic());
            PartitionId id = routing.partition(topic, request.getPartition().getPartition());
            Optional<Partition> here = routing.ledHere(id);
            if (here.isPresent()) {
                return transfer(here.get(), topic, request);
            }
            LeaderHint leader = Optional.of(id)
                    .filter(p -> !Forwarding.isForwarded())
                    .flatMap(routing::leaderElsewhere)
                    .orElseThrow(() -> routing.notLeader(id));
            return OffsetLookup.future(
                    AdminServiceGrpc.newFutureStub(channels.to(leader.getEndpoint(), BrokerChannels.Use.CALLS))
                            .withDeadlineAfter(timeoutMs(request) + 1_000L, TimeUnit.MILLISECONDS)
                            .transferLeadership(request));
        });
    }

    private CompletableFuture<TransferLeadershipResponse> transfer(
            Partition partition, Topic topic, TransferLeadershipRequest request) {
        List<Integer> replicas =
                topic.partitions().get(partition.id().partition()).replicas();
        int to = request.hasToBrokerId() ? request.getToBrokerId() : replicas.get(0);
        if (routing.image().brokers().find(to).isEmpty()) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_NOT_FOUND, "there is no broker %d; list the brokers".formatted(to));
        }
        if (!replicas.contains(to)) {
            throw Errors.invalid("broker %d has no replica of it; replicas are on %s".formatted(to, replicas));
        }
        CompletableFuture<Void> done = to == routing.nodeId()
                ? CompletableFuture.completedFuture(null)
                : partition.transferLeadership(to, Duration.ofMillis(timeoutMs(request)));
        return done.thenApply(moved -> TransferLeadershipResponse.newBuilder()
                .setLeaderId(to)
                .setLeaderEpoch((int) partition.leadership().term())
                .build());
    }

    private static int timeoutMs(TransferLeadershipRequest request) {
        return request.getTimeoutMs() <= 0 ? TRANSFER_TIMEOUT_MS : request.getTimeoutMs();
    }

    @Override
    public void getClusterHealth(GetClusterHealthRequest request, StreamObserver<GetClusterHealthResponse> response) {
        answers.answer(response, () -> CompletableFuture.completedFuture(health.make()));
    }

    @Override
    public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> response) {
        answers.answer(response, () -> groups.list(request));
    }

    @Override
    public void getGroup(GetGroupRequest request, StreamObserver<GetGroupResponse> response) {
        answers.answer(
                response,
                () -> groups.describe(request.getName())
                        .thenApply(group ->
                                GetGroupResponse.newBuilder().setGroup(group).build()));
    }

    @Override
    public void resetGroup(ResetGroupRequest request, StreamObserver<ResetGroupResponse> response) {
        answers.answer(response, () -> groups.reset(request));
    }

    @Override
    public void deleteGroup(DeleteGroupRequest request, StreamObserver<DeleteGroupResponse> response) {
        answers.answer(
                response,
                () -> groups.delete(request.getName()).thenApply(done -> DeleteGroupResponse.getDefaultInstance()));
    }

    @Override
    public void pauseGroup(PauseGroupRequest request, StreamObserver<PauseGroupResponse> response) {
        answers.answer(response, () -> groups.pause(request));
    }

    @Override
    public void resumeGroup(ResumeGroupRequest request, StreamObserver<ResumeGroupResponse> response) {
        answers.answer(response, () -> groups.resume(request));
    }

    @Override
    public void removeMember(RemoveMemberRequest request, StreamObserver<RemoveMemberResponse> response) {
        answers.answer(
                response,
                () -> groups.removeMember(request.getGroup(), request.getMemberId())
                        .thenApply(done -> RemoveMemberResponse.getDefaultInstance()));
    }

    @Override
    public void addBroker(AddBrokerRequest request, StreamObserver<AddBrokerResponse> response) {
        answers.answer(response, () -> {
            MetadataQuorum metadata = quorum.get();
            MetadataImage image = metadata.image();
            refuseMisfit(request, image);
            AddBrokerResponse.Builder admitted = AddBrokerResponse.newBuilder().setClusterId(image.clusterId());
            metadata.members().voters().forEach(peer -> admitted.addMetadataMembers(member(peer, true)));
            metadata.members().listeners().forEach(peer -> admitted.addMetadataMembers(member(peer, false)));
            return CompletableFuture.completedFuture(admitted.build());
        });
    }

    private static void refuseMisfit(AddBrokerRequest request, MetadataImage image) {
        if (!image.hasCluster()) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_NO_QUORUM, "this cluster is not formed yet; start its first brokers");
        }
        if (!request.getClusterId().isEmpty() && !request.getClusterId().equals(image.clusterId())) {
            throw Errors.invalid("broker %d has data of cluster %s, this is cluster %s; give it an empty data directory"
                    .formatted(request.getBrokerId(), request.getClusterId(), image.clusterId()));
        }
        image.brokers()
                .find(request.getBrokerId())
                .filter(RegisteredBroker::live)
                .filter(broker -> !broker.raft().host().equals(request.getRaft().getHost())
                        || broker.raft().port() != request.getRaft().getPort())
                .ifPresent(broker -> {
                    throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_ALREADY_EXISTS,
                            "broker %d is at %s and answers; choose another --id"
                                    .formatted(broker.id(), broker.raft()));
                });
    }

    private static AddBrokerResponse.MetadataMember member(Peer peer, boolean voter) {
        return AddBrokerResponse.MetadataMember.newBuilder()
                .setBrokerId(peer.nodeId())
                .setRaft(InternalEndpoint.newBuilder().setHost(peer.host()).setPort(peer.port()))
                .setVoter(voter)
                .build();
    }
}
