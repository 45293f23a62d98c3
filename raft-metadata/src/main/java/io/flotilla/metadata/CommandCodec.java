package io.flotilla.metadata;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.BrokerCommand.UndrainBroker;
import io.flotilla.metadata.ClusterCommand.AllocateProducerIds;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.GroupCommand.PauseGroup;
import io.flotilla.metadata.GroupCommand.ResumeGroup;
import io.flotilla.metadata.TopicCommand.AddPartitions;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.v1.CommandProto;
import io.flotilla.metadata.v1.CommandProto.Command;
import java.util.TreeSet;

/** Commands as protobuf messages and back. */
final class CommandCodec {
    private CommandCodec() {}

    static Command toProto(MetadataCommand command) {
        Command.Builder proto = Command.newBuilder();
        if (command instanceof ClusterCommand cluster) {
            put(cluster, proto);
        } else if (command instanceof BrokerCommand broker) {
            put(broker, proto);
        } else if (command instanceof TopicCommand topic) {
            put(topic, proto);
        } else if (command instanceof GroupCommand group) {
            put(group, proto);
        }
        if (proto.getKindCase() == Command.KindCase.KIND_NOT_SET) {
            throw new IllegalStateException("no encoding for %s".formatted(command.getClass()));
        }
        return proto.build();
    }

    private static void put(ClusterCommand command, Command.Builder proto) {
        if (command instanceof CreateCluster create) {
            proto.setCreateCluster(CommandProto.CreateCluster.newBuilder()
                    .setClusterId(create.clusterId())
                    .setFeatureLevel(create.featureLevel()));
        } else if (command instanceof UpdateTopicDefaults update) {
            proto.setUpdateTopicDefaults(
                    CommandProto.UpdateTopicDefaults.newBuilder().setChange(toProto(update.change())));
        } else if (command instanceof AllocateProducerIds allocate) {
            proto.setAllocateProducerIds(CommandProto.AllocateProducerIds.newBuilder()
                    .setAfter(allocate.after())
                    .setCount(allocate.count()));
        }
    }

    private static void put(GroupCommand command, Command.Builder proto) {
        if (command instanceof PauseGroup pause) {
            proto.setPauseGroup(CommandProto.PauseGroup.newBuilder()
                    .setGroup(pause.group())
                    .setUntilMs(pause.untilMs())
                    .setNowMs(pause.nowMs()));
        } else if (command instanceof ResumeGroup resume) {
            proto.setResumeGroup(CommandProto.ResumeGroup.newBuilder().setGroup(resume.group()));
        }
    }

    private static void put(BrokerCommand command, Command.Builder proto) {
        int id = command.brokerId();
        if (command instanceof RegisterBroker register) {
            proto.setRegisterBroker(CommandProto.RegisterBroker.newBuilder()
                    .setRegistration(ImageCodec.toProto(register.registration())));
        } else if (command instanceof FenceBroker fence) {
            proto.setFenceBroker(CommandProto.FenceBroker.newBuilder()
                    .setBrokerId(id)
                    .setIncarnation(ImageCodec.toProto(fence.incarnation())));
        } else if (command instanceof DrainBroker) {
            proto.setDrainBroker(CommandProto.DrainBroker.newBuilder().setBrokerId(id));
        } else if (command instanceof UndrainBroker) {
            proto.setUndrainBroker(CommandProto.UndrainBroker.newBuilder().setBrokerId(id));
        } else if (command instanceof RemoveBroker) {
            proto.setRemoveBroker(CommandProto.RemoveBroker.newBuilder().setBrokerId(id));
        }
    }

    private static void put(TopicCommand command, Command.Builder proto) {
        if (command instanceof CreateTopic create) {
            proto.setCreateTopic(CommandProto.CreateTopic.newBuilder()
                    .setTopicId(ImageCodec.toProto(create.topicId().uuid()))
                    .setName(create.name())
                    .setCreatedAtMs(create.createdAtMs())
                    .addAllConfigs(ImageCodec.toProto(create.configs()))
                    .addAllPartitions(ImageCodec.toProto(create.assignments())));
        } else if (command instanceof DeleteTopic delete) {
            proto.setDeleteTopic(CommandProto.DeleteTopic.newBuilder()
                    .setTopicId(ImageCodec.toProto(delete.topicId().uuid())));
        } else if (command instanceof UpdateTopicConfigs update) {
            proto.setUpdateTopicConfigs(CommandProto.UpdateTopicConfigs.newBuilder()
                    .setTopicId(ImageCodec.toProto(update.topicId().uuid()))
                    .setChange(toProto(update.change())));
        } else if (command instanceof AddPartitions add) {
            proto.setAddPartitions(CommandProto.AddPartitions.newBuilder()
                    .setTopicId(ImageCodec.toProto(add.topicId().uuid()))
                    .setFrom(add.from())
                    .addAllPartitions(ImageCodec.toProto(add.assignments())));
        }
    }

    private static CommandProto.ConfigChange toProto(ConfigChange change) {
        return CommandProto.ConfigChange.newBuilder()
                .addAllSet(ImageCodec.toProto(change.set()))
                .addAllUnset(change.unset())
                .build();
    }

    static MetadataCommand fromProto(Command proto) {
        return switch (proto.getKindCase()) {
            case CREATE_CLUSTER ->
                new CreateCluster(
                        proto.getCreateCluster().getClusterId(),
                        proto.getCreateCluster().getFeatureLevel());
            case UPDATE_TOPIC_DEFAULTS ->
                new UpdateTopicDefaults(fromProto(proto.getUpdateTopicDefaults().getChange()));
            case PAUSE_GROUP ->
                new PauseGroup(
                        proto.getPauseGroup().getGroup(),
                        proto.getPauseGroup().getUntilMs(),
                        proto.getPauseGroup().getNowMs());
            case RESUME_GROUP -> new ResumeGroup(proto.getResumeGroup().getGroup());
            case ALLOCATE_PRODUCER_IDS ->
                new AllocateProducerIds(
                        proto.getAllocateProducerIds().getAfter(),
                        proto.getAllocateProducerIds().getCount());
            case REGISTER_BROKER ->
                new RegisterBroker(
                        ImageCodec.fromProto(proto.getRegisterBroker().getRegistration()));
            case FENCE_BROKER ->
                new FenceBroker(
                        proto.getFenceBroker().getBrokerId(),
                        ImageCodec.uuid(proto.getFenceBroker().getIncarnation()));
            case DRAIN_BROKER -> new DrainBroker(proto.getDrainBroker().getBrokerId());
            case UNDRAIN_BROKER -> new UndrainBroker(proto.getUndrainBroker().getBrokerId());
            case REMOVE_BROKER -> new RemoveBroker(proto.getRemoveBroker().getBrokerId());
            case CREATE_TOPIC -> fromProto(proto.getCreateTopic());
            case DELETE_TOPIC ->
                new DeleteTopic(ImageCodec.topicId(proto.getDeleteTopic().getTopicId()));
            case UPDATE_TOPIC_CONFIGS ->
                new UpdateTopicConfigs(
                        ImageCodec.topicId(proto.getUpdateTopicConfigs().getTopicId()),
                        fromProto(proto.getUpdateTopicConfigs().getChange()));
            case ADD_PARTITIONS ->
                new AddPartitions(
                        ImageCodec.topicId(proto.getAddPartitions().getTopicId()),
                        proto.getAddPartitions().getFrom(),
                        ImageCodec.assignments(proto.getAddPartitions().getPartitionsList()));
            case KIND_NOT_SET -> throw new IllegalArgumentException("it is of no known kind");
        };
    }

    private static CreateTopic fromProto(CommandProto.CreateTopic topic) {
        return new CreateTopic(
                ImageCodec.topicId(topic.getTopicId()),
                topic.getName(),
                ImageCodec.assignments(topic.getPartitionsList()),
                ImageCodec.configs(topic.getConfigsList()),
                topic.getCreatedAtMs());
    }

    private static ConfigChange fromProto(CommandProto.ConfigChange change) {
        return new ConfigChange(ImageCodec.configs(change.getSetList()), new TreeSet<>(change.getUnsetList()));
    }
}
