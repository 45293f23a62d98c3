package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.BrokerCommand.UndrainBroker;
import io.flotilla.metadata.ClusterCommand.AllocateProducerIds;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.TopicCommand.AddPartitions;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.v1.CommandProto;
import io.flotilla.metadata.v1.ImageProto;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCodecTest {
    private static final BrokerRegistration BROKER = new BrokerRegistration(
            300,
            TestImages.run(5),
            TestImages.directory(6),
            new BrokerEndpoints(new Endpoint("c.example", 7400), new Endpoint("10.0.0.3", 7401), 7402),
            "eu-1a",
            "0.1.0",
            1,
            1_700_000_000_123L);
    private static final ConfigChange CHANGE = new ConfigChange(
            new Configs(Map.of("segment.ms", "60000", "segment.bytes", "2000000")), Set.of("max.message.bytes"));

    /** One command of every kind, by its name in the golden file. */
    private static final Map<String, MetadataCommand> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("create-cluster", new CreateCluster("cluster-1", 1));
        COMMANDS.put("update-topic-defaults", new UpdateTopicDefaults(CHANGE));
        COMMANDS.put("pause-group", new GroupCommand.PauseGroup("billing", 1_700_000_001_000L, 1_700_000_000_000L));
        COMMANDS.put("resume-group", new GroupCommand.ResumeGroup("billing"));
        COMMANDS.put("allocate-producer-ids", new AllocateProducerIds(1000, 1000));
        COMMANDS.put("register-broker", new RegisterBroker(BROKER));
        COMMANDS.put("fence-broker", new FenceBroker(300, TestImages.run(5)));
        COMMANDS.put("drain-broker", new DrainBroker(300));
        COMMANDS.put("undrain-broker", new UndrainBroker(300));
        COMMANDS.put("remove-broker", new RemoveBroker(300));
        COMMANDS.put(
                "create-topic",
                new CreateTopic(
                        TestImages.topicId(7),
                        "orders",
                        List.of(PartitionAssignment.on(1, 2, 300), PartitionAssignment.on(300, 1, 2)),
                        new Configs(Map.of("message.timestamp.type", "LogAppendTime")),
                        1_700_000_000_456L));
        COMMANDS.put("delete-topic", new DeleteTopic(TestImages.topicId(7)));
        COMMANDS.put("update-topic-configs", new UpdateTopicConfigs(TestImages.topicId(7), CHANGE));
        COMMANDS.put(
                "add-partitions",
                new AddPartitions(TestImages.topicId(7), 2, List.of(PartitionAssignment.on(2, 300, 1))));
    }

    private static final MetadataImage IMAGE = new MetadataImage(
            41,
            "cluster-1",
            1,
            Brokers.of(List.of(
                    new RegisteredBroker(BROKER, 17, true, true),
                    new RegisteredBroker(TestImages.broker(1, ""), 2, false, false))),
            Topics.of(List.of(
                    new Topic(
                            TestImages.topicId(7),
                            "orders",
                            1_700_000_000_456L,
                            23,
                            new Configs(Map.of("segment.ms", "60000")),
                            List.of(PartitionAssignment.on(1, 2, 300))),
                    new Topic(
                            TestImages.topicId(8),
                            "audit",
                            1_700_000_000_789L,
                            40,
                            Configs.NONE,
                            List.of(PartitionAssignment.on(1), PartitionAssignment.on(300))))),
            new Configs(Map.of("index.interval.bytes", "8192")),
            0,
            new Pauses(new TreeMap<>(Map.of("billing", 1_700_000_001_000L))));

    private static final Properties GOLDEN = golden();

    private static Properties golden() {
        try (InputStream file = MetadataCodecTest.class.getResourceAsStream("golden/metadata-v1.properties")) {
            Properties golden = new Properties();
            golden.load(Objects.requireNonNull(file));
            return golden;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] golden(String name) {
        return HexFormat.of().parseHex(GOLDEN.getProperty(name, "").replace(" ", ""));
    }

    static Set<String> names() {
        return COMMANDS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void writesCommandsInTheReleasedFormAndReadsThemBack(String name) {
        MetadataCommand command = Objects.requireNonNull(COMMANDS.get(name));

        byte[] bytes = MetadataCodec.encode(command);

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(HexFormat.of().formatHex(golden(name)));
        assertThat(MetadataCodec.decodeCommand(golden(name))).isEqualTo(command);
    }

    @Test
    void writesAnImageInTheReleasedFormAndReadsItBack() {
        byte[] bytes = MetadataCodec.encode(IMAGE);

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(HexFormat.of().formatHex(golden("image")));
        assertThat(MetadataCodec.decodeImage(golden("image"))).isEqualTo(IMAGE);
    }

    @Test
    void writesWhichProducerIdsAreTaken() {
        MetadataImage image = IMAGE.withLastProducerId(5000);

        assertThat(MetadataCodec.decodeImage(MetadataCodec.encode(image))).isEqualTo(image);
    }

    @Test
    void writesSinceWhenPartitionsExist() {
        MetadataImage image = TestImages.applied(
                IMAGE.at(50), new AddPartitions(TestImages.topicId(8), 2, List.of(PartitionAssignment.on(1))));

        assertThat(MetadataCodec.decodeImage(MetadataCodec.encode(image))).isEqualTo(image);
    }

    @Test
    void readsTheImageBeforeTheFirstCommand() {
        assertThat(MetadataCodec.decodeImage(MetadataCodec.encode(MetadataImage.EMPTY)))
                .isEqualTo(MetadataImage.EMPTY);
    }

    @Test
    void hasASampleOfEveryKind() {
        Set<CommandProto.Command.KindCase> kinds = new HashSet<>();
        COMMANDS.values()
                .forEach(command -> kinds.add(CommandCodec.toProto(command).getKindCase()));

        assertThat(kinds).hasSize(CommandProto.Command.KindCase.values().length - 1);
        assertThat(COMMANDS.values().stream().map(Object::getClass)).containsExactlyInAnyOrderElementsOf(allKinds());
    }

    private static List<Class<?>> allKinds() {
        return Arrays.stream(MetadataCommand.class.getPermittedSubclasses())
                .<Class<?>>flatMap(family -> Arrays.stream(family.getPermittedSubclasses()))
                .toList();
    }

    @Test
    void refusesAKindOfCommandThatItDoesNotKnow() {
        byte[] ofTheFuture = CommandProto.Command.newBuilder()
                .setUnknownFields(field(500))
                .build()
                .toByteArray();

        assertThatThrownBy(() -> MetadataCodec.decodeCommand(ofTheFuture))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageEndingWith("Command has fields [500], which this broker does not know; upgrade it");
    }

    @Test
    void refusesAKnownCommandWithAFieldThatItDoesNotKnow() {
        byte[] ofTheFuture = CommandProto.Command.newBuilder()
                .setUpdateTopicDefaults(CommandProto.UpdateTopicDefaults.newBuilder()
                        .setChange(CommandProto.ConfigChange.newBuilder()
                                .addSet(ImageProto.ConfigEntry.newBuilder()
                                        .setKey("segment.ms")
                                        .setValue("60000")
                                        .setUnknownFields(field(9)))))
                .build()
                .toByteArray();

        assertThatThrownBy(() -> MetadataCodec.decodeCommand(ofTheFuture))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageEndingWith("ConfigEntry has fields [9], which this broker does not know; upgrade it");
    }

    @Test
    void refusesAnImageWithAFieldThatItDoesNotKnow() {
        byte[] ofTheFuture = ImageProto.Image.newBuilder()
                .addBrokers(ImageProto.RegisteredBroker.newBuilder().setUnknownFields(field(5)))
                .build()
                .toByteArray();

        assertThatThrownBy(() -> MetadataCodec.decodeImage(ofTheFuture))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageEndingWith("RegisteredBroker has fields [5], which this broker does not know; upgrade it");
    }

    private static UnknownFieldSet field(int number) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        number, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
    }

    @Test
    void refusesAnImageOfANewerFeatureLevel() {
        byte[] newer = MetadataCodec.encode(IMAGE.withCluster("cluster-1", FeatureLevel.LATEST + 1));

        assertThatThrownBy(() -> MetadataCodec.decodeImage(newer))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageEndingWith("feature level is 2; this broker knows 1 to 1, upgrade it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ff", "0a", "4a", "1a00", "2200", "4200", "4a00", "5200"})
    void refusesDamagedCommands(String hex) {
        assertThatThrownBy(() -> MetadataCodec.decodeCommand(HexFormat.of().parseHex(hex)))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageStartingWith("metadata command of %d bytes is damaged".formatted(hex.length() / 2));
    }

    @Test
    void refusesAnImageThatNamesAThingTwice() {
        ImageProto.ConfigEntry entry = ImageProto.ConfigEntry.newBuilder()
                .setKey("segment.ms")
                .setValue("60000")
                .build();
        byte[] twice = ImageProto.Image.newBuilder()
                .addTopicDefaults(entry)
                .addTopicDefaults(entry)
                .build()
                .toByteArray();

        assertThatThrownBy(() -> MetadataCodec.decodeImage(twice))
                .isInstanceOf(UnreadableMetadataException.class)
                .hasMessageEndingWith("setting segment.ms is there twice");
    }

    @Test
    void neverTakesAnImageThatWasCutShortForTheWhole() {
        byte[] whole = MetadataCodec.encode(IMAGE);
        int readable = 0;

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = ByteString.copyFrom(whole, 0, length).toByteArray();
            try {
                assertThat(MetadataCodec.decodeImage(cut)).isNotEqualTo(IMAGE);
                readable++;
            } catch (UnreadableMetadataException e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }

        // a cut between two fields leaves a shorter message; the file around an image has to notice that
        assertThat(readable).isLessThan(12);
    }
}
