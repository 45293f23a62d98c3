package io.flotilla.broker.grpc;

import io.flotilla.broker.version.BrokerVersion;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.Topic;
import io.flotilla.record.BatchScanner;
import io.flotilla.v1.ClusterServiceGrpc;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.GetMetadataResponse;
import io.flotilla.v1.GetServerInfoRequest;
import io.flotilla.v1.GetServerInfoResponse;
import io.flotilla.v1.TopicMetadata;
import io.flotilla.v1.WatchMetadataRequest;
import io.flotilla.v1.WatchMetadataResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a client needs to find its way: who this broker is, which topics there are, who leads them. */
final class ClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {
    static final List<String> FEATURES =
            List.of("compression.gzip", "compression.snappy", "compression.lz4", "compression.zstd");

    private final Routing routing;
    private final MetadataViews views;
    private final MetadataWatches watches;
    private final OpenCalls calls;
    private final GrpcLimits limits;
    private final Answers answers;

    ClusterService(
            Routing routing,
            MetadataViews views,
            MetadataWatches watches,
            OpenCalls calls,
            GrpcLimits limits,
            Answers answers) {
        this.routing = routing;
        this.views = views;
        this.watches = watches;
        this.calls = calls;
        this.limits = limits;
        this.answers = answers;
    }

    @Override
    public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> response) {
        response.onNext(GetServerInfoResponse.newBuilder()
                .setClusterId(routing.imageSoFar().clusterId())
                .setBrokerId(routing.nodeId())
                .setVersion(BrokerVersion.VERSION)
                .addAllFeatures(FEATURES)
                .setMaxRequestBytes(limits.maxRequestBytes())
                .setMaxBatchBytes(limits.maxBatchBytes())
                .setMaxBatchRecords(BatchScanner.MAX_BATCH_RECORDS)
                .setHeartbeatIntervalMs(ConsumeService.HEARTBEAT_MS)
                .setMinKeepaliveMs(limits.minKeepaliveMs())
                .build());
        response.onCompleted();
    }

    @Override
    public void getMetadata(GetMetadataRequest request, StreamObserver<GetMetadataResponse> response) {
        answers.answer(
                response,
                () -> answers.informed(() -> known(request))
                        .handle((every, error) -> error == null ? every : metadata(request)));
    }

    /** Throws if this broker does not know one of the topics. */
    private CompletableFuture<GetMetadataResponse> known(GetMetadataRequest request) {
        request.getTopicsList().forEach(name -> {
            var unused = routing.topic(name);
        });
        return CompletableFuture.completedFuture(metadata(request));
    }

    private GetMetadataResponse metadata(GetMetadataRequest request) {
        MetadataImage image = routing.image();
        GetMetadataResponse.Builder metadata = GetMetadataResponse.newBuilder()
                .setCluster(views.cluster(image))
                .setMetadataVersion(image.version());
        if (request.getTopicsCount() > 0) {
            request.getTopicsList().forEach(name -> metadata.addTopics(named(image, name)));
        } else if (!request.getBrokersOnly()) {
            Pages.Page<Topic> page =
                    Pages.of(image.topics().all(), Topic::name, request.getPageSize(), request.getPageToken());
            page.items().forEach(topic -> metadata.addTopics(views.topic(image, topic)));
            metadata.setNextPageToken(page.nextToken());
        }
        return metadata.build();
    }

    private TopicMetadata named(MetadataImage image, String name) {
        return image.topics()
                .find(name)
                .map(topic -> views.topic(image, topic))
                .orElseGet(() -> TopicMetadata.newBuilder()
                        .setTopic(name)
                        .setError(Routing.noTopic(name).toError())
                        .build());
    }

    @Override
    public void watchMetadata(WatchMetadataRequest request, StreamObserver<WatchMetadataResponse> response) {
        try {
            calls.enter();
            watches.add(request, (ServerCallStreamObserver<WatchMetadataResponse>) response, calls);
        } catch (FlotillaException e) {
            response.onError(GrpcErrors.toStatus(e));
        }
    }
}
