package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddBrokerResponse;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.AddPartitionsResponse;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.Broker;
import io.flotilla.v1.ClusterServiceGrpc;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.CommitOffsetsResponse;
import io.flotilla.v1.ConsumeServiceGrpc;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.CreateTopicResponse;
import io.flotilla.v1.DeleteGroupRequest;
import io.flotilla.v1.DeleteGroupResponse;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.DeleteTopicResponse;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.DescribePartitionResponse;
import io.flotilla.v1.FetchOffsetsRequest;
import io.flotilla.v1.FetchOffsetsResponse;
import io.flotilla.v1.GetClusterHealthRequest;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.GetGroupRequest;
import io.flotilla.v1.GetGroupResponse;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.GetMetadataResponse;
import io.flotilla.v1.GetServerInfoRequest;
import io.flotilla.v1.GetServerInfoResponse;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.GetTopicResponse;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.ListBrokersRequest;
import io.flotilla.v1.ListBrokersResponse;
import io.flotilla.v1.ListGroupsRequest;
import io.flotilla.v1.ListGroupsResponse;
import io.flotilla.v1.ListOffsetsRequest;
import io.flotilla.v1.ListOffsetsResponse;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.ListTopicsResponse;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.PauseGroupRequest;
import io.flotilla.v1.Position;
import io.flotilla.v1.RemoveMemberRequest;
import io.flotilla.v1.RemoveMemberResponse;
import io.flotilla.v1.ResetGroupRequest;
import io.flotilla.v1.ResetGroupResponse;
import io.flotilla.v1.ResumeGroupRequest;
import io.flotilla.v1.ResumeGroupResponse;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.TransferLeadershipResponse;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.TruncateTopicResponse;
import io.flotilla.v1.UpdateTopicRequest;
import io.flotilla.v1.UpdateTopicResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Administration and questions, asked of any broker that answers. Every result fails with {@link FlotillaException}, as
 * futures wrap it; {@link FlotillaClient#join} waits and unwraps. Safe for any thread.
 */
public final class Admin {
    private static final int PAGE_SIZE = 1000;
    private static final String CLIENT_SOFTWARE = "flotilla-java";

    private final ControlCalls calls;
    private final Executor answers;

    /** @param answers where results are completed */
    Admin(ControlCalls calls, Executor answers) {
        this.calls = calls;
        this.answers = answers;
    }

    /** Creates a topic, or with {@code validate_only} says what would be created. */
    public CompletableFuture<Topic> createTopic(CreateTopicRequest request) {
        return write(AdminServiceGrpc.getCreateTopicMethod(), request).thenApply(CreateTopicResponse::getTopic);
    }

    /** Changes settings of a topic, or with {@code validate_only} says what it would be. */
    public CompletableFuture<Topic> updateTopic(UpdateTopicRequest request) {
        return write(AdminServiceGrpc.getUpdateTopicMethod(), request).thenApply(UpdateTopicResponse::getTopic);
    }

    /** Adds partitions to a topic, or with {@code validate_only} says what it would be. */
    public CompletableFuture<Topic> addPartitions(AddPartitionsRequest request) {
        return write(AdminServiceGrpc.getAddPartitionsMethod(), request).thenApply(AddPartitionsResponse::getTopic);
    }

    /** Moves the start of partitions' logs forward; done twice, it does no more than done once. */
    public CompletableFuture<List<TruncateTopicResponse.Result>> truncateTopic(TruncateTopicRequest request) {
        return read(AdminServiceGrpc.getTruncateTopicMethod(), request)
                .thenApply(TruncateTopicResponse::getResultsList);
    }

    /** Deletes a topic and its data. */
    public CompletableFuture<DeleteTopicResponse> deleteTopic(DeleteTopicRequest request) {
        return write(AdminServiceGrpc.getDeleteTopicMethod(), request);
    }

    /**
     * One topic.
     *
     * @param withPartitions also ask its leaders for the state of every partition
     */
    public CompletableFuture<GetTopicResponse> topic(String name, boolean withPartitions) {
        return read(
                AdminServiceGrpc.getGetTopicMethod(),
                GetTopicRequest.newBuilder()
                        .setName(name)
                        .setWithPartitions(withPartitions)
                        .build());
    }

    /** All topics by name. */
    public CompletableFuture<List<Topic>> topics() {
        return pages(
                AdminServiceGrpc.getListTopicsMethod(),
                token -> ListTopicsRequest.newBuilder()
                        .setPageSize(PAGE_SIZE)
                        .setPageToken(token)
                        .build(),
                ListTopicsResponse::getTopicsList,
                ListTopicsResponse::getNextPageToken);
    }

    /** All brokers by id. */
    public CompletableFuture<List<Broker>> brokers() {
        return pages(
                AdminServiceGrpc.getListBrokersMethod(),
                token -> ListBrokersRequest.newBuilder()
                        .setPageSize(PAGE_SIZE)
                        .setPageToken(token)
                        .build(),
                ListBrokersResponse::getBrokersList,
                ListBrokersResponse::getNextPageToken);
    }

    /** One partition and its replicas. */
    public CompletableFuture<PartitionDescription> partition(TopicPartition partition) {
        return read(
                        AdminServiceGrpc.getDescribePartitionMethod(),
                        DescribePartitionRequest.newBuilder()
                                .setPartition(partition.toProto())
                                .build())
                .thenApply(DescribePartitionResponse::getPartition);
    }

    /** Moves the lead of a partition. */
    public CompletableFuture<TransferLeadershipResponse> transferLeadership(TransferLeadershipRequest request) {
        return write(AdminServiceGrpc.getTransferLeadershipMethod(), request);
    }

    /** All groups by name, without members and positions. */
    public CompletableFuture<List<GroupDescription>> groups() {
        return pages(
                AdminServiceGrpc.getListGroupsMethod(),
                token -> ListGroupsRequest.newBuilder()
                        .setPageSize(PAGE_SIZE)
                        .setPageToken(token)
                        .build(),
                ListGroupsResponse::getGroupsList,
                ListGroupsResponse::getNextPageToken);
    }

    /** One group with its members, positions and lag. */
    public CompletableFuture<GroupDescription> group(String name) {
        return read(
                        AdminServiceGrpc.getGetGroupMethod(),
                        GetGroupRequest.newBuilder().setName(name).build())
                .thenApply(GetGroupResponse::getGroup);
    }

    /** Moves positions of a group without members, or with {@code validate_only} says where they would be. */
    public CompletableFuture<ResetGroupResponse> resetGroup(ResetGroupRequest request) {
        return read(AdminServiceGrpc.getResetGroupMethod(), request);
    }

    /**
     * Delivers nothing to members of the group for {@code duration}, 1 ms to 365 days; they keep their partitions. Answers
     * until when.
     */
    public CompletableFuture<Instant> pauseGroup(String name, Duration duration) {
        return read(
                        AdminServiceGrpc.getPauseGroupMethod(),
                        PauseGroupRequest.newBuilder()
                                .setName(name)
                                .setDurationMs(duration.toMillis())
                                .build())
                .thenApply(paused -> Instant.ofEpochMilli(paused.getUntilMs()));
    }

    /** Ends the pause of a group. Answers whether it was paused. */
    public CompletableFuture<Boolean> resumeGroup(String name) {
        return read(
                        AdminServiceGrpc.getResumeGroupMethod(),
                        ResumeGroupRequest.newBuilder().setName(name).build())
                .thenApply(ResumeGroupResponse::getWasPaused);
    }

    /** Deletes a group without members, and its positions. */
    public CompletableFuture<DeleteGroupResponse> deleteGroup(String name) {
        return write(
                AdminServiceGrpc.getDeleteGroupMethod(),
                DeleteGroupRequest.newBuilder().setName(name).build());
    }

    /** Evicts a member; it joins again if it is alive. */
    public CompletableFuture<RemoveMemberResponse> removeMember(String group, String memberId) {
        return write(
                AdminServiceGrpc.getRemoveMemberMethod(),
                RemoveMemberRequest.newBuilder()
                        .setGroup(group)
                        .setMemberId(memberId)
                        .build());
    }

    /** The positions a group has committed; none for a group that does not exist. */
    public CompletableFuture<List<PartitionOffset>> positions(String group) {
        return read(
                        GroupServiceGrpc.getFetchOffsetsMethod(),
                        FetchOffsetsRequest.newBuilder().setGroup(group).build())
                .thenApply(FetchOffsetsResponse::getOffsetsList);
    }

    /** Commits positions of a group without members; those that are refused are in the answer. */
    public CompletableFuture<CommitOffsetsResponse> commit(String group, List<PartitionOffset> positions) {
        return read(
                GroupServiceGrpc.getCommitOffsetsMethod(),
                CommitOffsetsRequest.newBuilder()
                        .setGroup(group)
                        .addAllOffsets(positions)
                        .build());
    }

    /** Whether everything works, and if not, what to do. */
    public CompletableFuture<GetClusterHealthResponse> clusterHealth() {
        return read(AdminServiceGrpc.getGetClusterHealthMethod(), GetClusterHealthRequest.getDefaultInstance());
    }

    /** Asks for a node to be admitted; may be repeated. */
    public CompletableFuture<AddBrokerResponse> addBroker(AddBrokerRequest request) {
        return read(AdminServiceGrpc.getAddBrokerMethod(), request);
    }

    /** The broker that happens to answer. */
    public CompletableFuture<GetServerInfoResponse> serverInfo() {
        return read(
                ClusterServiceGrpc.getGetServerInfoMethod(),
                GetServerInfoRequest.newBuilder()
                        .setClientSoftware(CLIENT_SOFTWARE)
                        .build());
    }

    /** The brokers and their leaders, without topics. */
    public CompletableFuture<GetMetadataResponse> cluster() {
        return read(
                ClusterServiceGrpc.getGetMetadataMethod(),
                GetMetadataRequest.newBuilder().setBrokersOnly(true).build());
    }

    /** The offset that a position stands for now. */
    public CompletableFuture<Long> offset(TopicPartition partition, Position position) {
        return read(ConsumeServiceGrpc.getListOffsetsMethod(), offsetQuery(partition, position))
                .thenApply(Admin::foundOffset);
    }

    /** What a position stands for now in each of some partitions, in their order; each answer may be an error. */
    public CompletableFuture<List<ListOffsetsResponse.Result>> offsets(
            List<TopicPartition> partitions, Position position) {
        List<CompletableFuture<ListOffsetsResponse>> answers = new ArrayList<>();
        for (int from = 0; from < partitions.size(); from += PAGE_SIZE) {
            ListOffsetsRequest.Builder request = ListOffsetsRequest.newBuilder();
            partitions
                    .subList(from, Math.min(partitions.size(), from + PAGE_SIZE))
                    .forEach(partition -> request.mergeFrom(offsetQuery(partition, position)));
            answers.add(read(ConsumeServiceGrpc.getListOffsetsMethod(), request.build()));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream()
                        .flatMap(answer -> answer.join().getResultsList().stream())
                        .toList());
    }

    static ListOffsetsRequest offsetQuery(TopicPartition partition, Position position) {
        return ListOffsetsRequest.newBuilder()
                .addQueries(ListOffsetsRequest.Query.newBuilder()
                        .setTopic(partition.topic())
                        .setPartition(partition.partition())
                        .setPosition(position))
                .build();
    }

    /** The answer to {@link #offsetQuery}; throws what the broker reports instead. */
    static long foundOffset(ListOffsetsResponse answer) {
        ListOffsetsResponse.Result result = answer.getResults(0);
        if (result.hasError()) {
            throw FlotillaException.fromError(result.getError());
        }
        return result.getFound().getOffset();
    }

    private <Q, A> CompletableFuture<A> read(MethodDescriptor<Q, A> method, Q request) {
        CompletableFuture<A> result = new CompletableFuture<>();
        calls.read(method, request, Reply.into(result, answers));
        return result;
    }

    private <Q, A> CompletableFuture<A> write(MethodDescriptor<Q, A> method, Q request) {
        CompletableFuture<A> result = new CompletableFuture<>();
        calls.write(method, request, Reply.into(result, answers));
        return result;
    }

    private <Q, A, T> CompletableFuture<List<T>> pages(
            MethodDescriptor<Q, A> method,
            Function<String, Q> request,
            Function<A, List<T>> items,
            Function<A, String> nextToken) {
        return page(method, request, items, nextToken, "", List.of());
    }

    private <Q, A, T> CompletableFuture<List<T>> page(
            MethodDescriptor<Q, A> method,
            Function<String, Q> request,
            Function<A, List<T>> items,
            Function<A, String> nextToken,
            String token,
            List<T> before) {
        return read(method, request.apply(token)).thenCompose(answer -> {
            List<T> all = new ArrayList<>(before);
            all.addAll(items.apply(answer));
            String next = nextToken.apply(answer);
            return next.isEmpty()
                    ? CompletableFuture.completedFuture(List.copyOf(all))
                    : page(method, request, items, nextToken, next, all);
        });
    }
}
