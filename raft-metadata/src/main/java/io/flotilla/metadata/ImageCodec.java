package io.flotilla.metadata;

import com.google.protobuf.ByteString;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.v1.ImageProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Images and their parts as protobuf messages and back. */
final class ImageCodec {
    private static final int UUID_BYTES = 16;

    private ImageCodec() {}

    static ImageProto.Image toProto(MetadataImage image) {
        ImageProto.Image.Builder proto = ImageProto.Image.newBuilder()
                .setVersion(image.version())
                .setClusterId(image.clusterId())
                .setFeatureLevel(image.featureLevel())
                .addAllTopicDefaults(toProto(image.topicDefaults()))
                .setLastProducerId(image.lastProducerId());
        image.brokers().all().forEach(broker -> proto.addBrokers(toProto(broker)));
        image.topics().all().forEach(topic -> proto.addTopics(toProto(topic)));
        image.pauses()
                .untilMs()
                .forEach((group, until) -> proto.addPausedGroups(
                        ImageProto.PausedGroup.newBuilder().setGroup(group).setUntilMs(until)));
        return proto.build();
    }

    static MetadataImage fromProto(ImageProto.Image proto) {
        if (!proto.getClusterId().equals(MetadataImage.NO_CLUSTER)) {
            FeatureLevel.requireKnown(proto.getFeatureLevel());
        }
        return new MetadataImage(
                proto.getVersion(),
                proto.getClusterId(),
                proto.getFeatureLevel(),
                Brokers.of(proto.getBrokersList().stream()
                        .map(ImageCodec::fromProto)
                        .toList()),
                Topics.of(proto.getTopicsList().stream()
                        .map(ImageCodec::fromProto)
                        .toList()),
                configs(proto.getTopicDefaultsList()),
                proto.getLastProducerId(),
                pauses(proto));
    }

    private static Pauses pauses(ImageProto.Image proto) {
        SortedMap<String, Long> untilMs = new TreeMap<>();
        proto.getPausedGroupsList().forEach(paused -> untilMs.put(paused.getGroup(), paused.getUntilMs()));
        return new Pauses(untilMs);
    }

    private static ImageProto.RegisteredBroker toProto(RegisteredBroker broker) {
        return ImageProto.RegisteredBroker.newBuilder()
                .setRegistration(toProto(broker.registration()))
                .setSince(broker.since())
                .setDraining(broker.draining())
                .setFenced(broker.fenced())
                .build();
    }

    private static RegisteredBroker fromProto(ImageProto.RegisteredBroker proto) {
        return new RegisteredBroker(
                fromProto(proto.getRegistration()), proto.getSince(), proto.getDraining(), proto.getFenced());
    }

    static ImageProto.BrokerRegistration toProto(BrokerRegistration registration) {
        BrokerEndpoints endpoints = registration.endpoints();
        return ImageProto.BrokerRegistration.newBuilder()
                .setId(registration.id())
                .setIncarnation(toProto(registration.incarnation()))
                .setDirectoryId(toProto(registration.directoryId()))
                .setClient(toProto(endpoints.client()))
                .setRaft(toProto(endpoints.raft()))
                .setHttpPort(endpoints.httpPort())
                .setRack(registration.rack())
                .setVersion(registration.version())
                .setFeatureLevel(registration.featureLevel())
                .setRegisteredAtMs(registration.registeredAtMs())
                .build();
    }

    static BrokerRegistration fromProto(ImageProto.BrokerRegistration proto) {
        return new BrokerRegistration(
                proto.getId(),
                uuid(proto.getIncarnation()),
                uuid(proto.getDirectoryId()),
                new BrokerEndpoints(fromProto(proto.getClient()), fromProto(proto.getRaft()), proto.getHttpPort()),
                proto.getRack(),
                proto.getVersion(),
                proto.getFeatureLevel(),
                proto.getRegisteredAtMs());
    }

    private static ImageProto.Endpoint toProto(Endpoint endpoint) {
        return ImageProto.Endpoint.newBuilder()
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .build();
    }

    private static Endpoint fromProto(ImageProto.Endpoint proto) {
        return new Endpoint(proto.getHost(), proto.getPort());
    }

    private static ImageProto.Topic toProto(Topic topic) {
        return ImageProto.Topic.newBuilder()
                .setId(toProto(topic.id().uuid()))
                .setName(topic.name())
                .setCreatedAtMs(topic.createdAtMs())
                .setCreatedVersion(topic.createdVersion())
                .addAllConfigs(toProto(topic.configs()))
                .addAllPartitions(toProto(topic.partitions()))
                .addAllGrowth(topic.growth().stream()
                        .map(step -> ImageProto.TopicGrowth.newBuilder()
                                .setFrom(step.from())
                                .setVersion(step.version())
                                .build())
                        .toList())
                .build();
    }

    private static Topic fromProto(ImageProto.Topic proto) {
        return new Topic(
                topicId(proto.getId()),
                proto.getName(),
                proto.getCreatedAtMs(),
                proto.getCreatedVersion(),
                configs(proto.getConfigsList()),
                assignments(proto.getPartitionsList()),
                proto.getGrowthList().stream()
                        .map(step -> new Topic.Growth(step.getFrom(), step.getVersion()))
                        .toList());
    }

    static List<ImageProto.PartitionAssignment> toProto(List<PartitionAssignment> assignments) {
        return assignments.stream()
                .map(a -> ImageProto.PartitionAssignment.newBuilder()
                        .addAllReplicas(a.replicas())
                        .build())
                .toList();
    }

    static List<PartitionAssignment> assignments(List<ImageProto.PartitionAssignment> protos) {
        return protos.stream()
                .map(p -> new PartitionAssignment(p.getReplicasList()))
                .toList();
    }

    static List<ImageProto.ConfigEntry> toProto(Configs configs) {
        List<ImageProto.ConfigEntry> protos = new ArrayList<>();
        configs.entries()
                .forEach((key, value) -> protos.add(ImageProto.ConfigEntry.newBuilder()
                        .setKey(key)
                        .setValue(value)
                        .build()));
        return protos;
    }

    static Configs configs(List<ImageProto.ConfigEntry> protos) {
        Map<String, String> entries = new HashMap<>();
        for (ImageProto.ConfigEntry proto : protos) {
            if (entries.put(proto.getKey(), proto.getValue()) != null) {
                throw new IllegalArgumentException("setting %s is there twice".formatted(proto.getKey()));
            }
        }
        return new Configs(entries);
    }

    static ByteString toProto(UUID uuid) {
        ByteBuffer buffer = ByteBuffer.allocate(UUID_BYTES)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip();
        return ByteString.copyFrom(buffer);
    }

    static UUID uuid(ByteString bytes) {
        if (bytes.size() != UUID_BYTES) {
            throw new IllegalArgumentException("a UUID has %d bytes; must be %d".formatted(bytes.size(), UUID_BYTES));
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static TopicId topicId(ByteString bytes) {
        return new TopicId(uuid(bytes));
    }
}
