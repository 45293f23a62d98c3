package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.log.LogConfig;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.raft.Peer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaDescriptionTest {
    private static final PartitionId ID = new PartitionId(TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000"), 3);
    private static final SegmentSettings SEGMENTS = new SegmentSettings(1 << 20, 3_600_000, 4096);
    private static final List<Peer> PEERS = List.of(new Peer(2, "b.example", 7401), new Peer(1, "::1", 7402));
    private static final ReplicaDescription DESCRIPTION =
            new ReplicaDescription(ID, "orders/3", 42, PEERS, MemberPhase.MEMBER, SEGMENTS);

    private static Map<String, String> with(String key, String value) {
        Map<String, String> values = new HashMap<>(DESCRIPTION.toProperties());
        values.put(key, value);
        return values;
    }

    @Test
    void isWrittenAsDescribed() {
        assertThat(DESCRIPTION.toProperties())
                .isEqualTo(Map.of(
                        "topic.id", "0f8fad5b-d9cb-469f-a165-708677280000",
                        "partition", "3",
                        "name", "orders/3",
                        "topic.version", "42",
                        "peers", "2@b.example:7401,1@[::1]:7402",
                        "phase", "MEMBER",
                        "segment.bytes", "1048576",
                        "segment.ms", "3600000",
                        "index.interval.bytes", "4096"));
    }

    @Test
    void isReadAsItWasWritten() {
        assertThat(ReplicaDescription.fromProperties(DESCRIPTION.toProperties()))
                .isEqualTo(DESCRIPTION);
    }

    @Test
    void changesOneThingAtATime() {
        SegmentSettings larger = new SegmentSettings(2 << 20, 3_600_000, 4096);

        ReplicaDescription changed = DESCRIPTION.in(MemberPhase.LEAVING).with(larger);

        assertThat(changed).isEqualTo(new ReplicaDescription(ID, "orders/3", 42, PEERS, MemberPhase.LEAVING, larger));
    }

    @Test
    void dividesTheLogAsTheTopicSays() {
        LogConfig config = DESCRIPTION.segments().logConfig(Duration.ofSeconds(2));

        assertThat(config).isEqualTo(new LogConfig(1 << 20, Duration.ofHours(1), 4096, Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic.id",
                "partition",
                "topic.version",
                "peers",
                "phase",
                "segment.bytes",
                "segment.ms",
                "index.interval.bytes"
            })
    void isNotMadeUpWhereAKeyIsMissing(String key) {
        Map<String, String> values = new HashMap<>(DESCRIPTION.toProperties());
        values.remove(key);

        assertThatIllegalArgumentException().isThrownBy(() -> ReplicaDescription.fromProperties(values));
    }

    @ParameterizedTest
    @CsvSource({
        "topic.id, 0f8fad5b-d9cb-469f-a165-708677280001",
        "topic.id, f-d-4-a-0",
        "partition, -1",
        "partition, 65536",
        "partition, 3x",
        "topic.version, 1e3",
        "peers, ''",
        "peers, '1@a:7401,'",
        "phase, GONE",
        "segment.bytes, 1MiB",
        "segment.bytes, 4294967296",
        "segment.ms, ''",
        "index.interval.bytes, 0x10"
    })
    void isNotMadeUpWhereAValueIsNonsense(String key, String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> ReplicaDescription.fromProperties(with(key, value)));
    }

    @Test
    void settingsThatNoLogTakesAreRefused() {
        Map<String, String> properties = new TreeMap<>(DESCRIPTION.toProperties());
        properties.put("segment.bytes", "0");

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ReplicaDescription.fromProperties(properties));
    }
}
