package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.config.Configs;
import java.util.List;
import java.util.UUID;

/** Small images and their parts, made through commands. */
public final class TestImages {
    public static final MetadataImage NEW_CLUSTER = applied(MetadataImage.EMPTY, new CreateCluster("test-cluster", 1));

    private TestImages() {}

    /** The image after the commands, all of which must be applied. */
    public static MetadataImage applied(MetadataImage image, MetadataCommand... commands) {
        MetadataImage now = image;
        for (MetadataCommand command : commands) {
            MetadataResult result = command.applyTo(now);
            assertThat(result).as("result of %s", command).isInstanceOf(Applied.class);
            now = ((Applied) result).image();
        }
        return now;
    }

    /** Why the command is refused, which it must be. */
    public static Refused refused(MetadataImage image, MetadataCommand command) {
        MetadataResult result = command.applyTo(image);
        assertThat(result).as("result of %s", command).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    /** Brokers 1 to {@code count}, without racks. */
    public static MetadataImage withBrokers(int count) {
        MetadataImage image = NEW_CLUSTER;
        for (int id = 1; id <= count; id++) {
            image = applied(image, new RegisterBroker(broker(id, "")));
        }
        return image;
    }

    public static BrokerRegistration broker(int id, String rack) {
        return broker(id, rack, run(1), "host-" + id);
    }

    static BrokerRegistration broker(int id, String rack, UUID incarnation, String host) {
        BrokerEndpoints endpoints = new BrokerEndpoints(new Endpoint(host, 7400), new Endpoint(host, 7401), 7402);
        return new BrokerRegistration(id, incarnation, directory(id), endpoints, rack, "0.1.0", 1, 1_700_000_000_000L);
    }

    /** The data directory of a broker, or a number for another one. */
    static UUID directory(int number) {
        return new UUID(0xD1D1_0000_0000_0000L, number);
    }

    /** The nth run of a broker's process. */
    static UUID run(int number) {
        return new UUID(0xABCD_EF00_0000_0000L, number);
    }

    public static TopicId topicId(int number) {
        return new TopicId(new UUID(0x0102_0304_0506_4708L, 0x8000_0000_0000_0000L | (long) number << 16));
    }

    public static CreateTopic topic(int number, String name, PartitionAssignment... assignments) {
        return new CreateTopic(topicId(number), name, List.of(assignments), Configs.NONE, 1_700_000_000_000L + number);
    }
}
