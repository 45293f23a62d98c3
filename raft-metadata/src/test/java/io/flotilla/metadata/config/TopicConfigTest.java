package io.flotilla.metadata.config;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.raft.RaftConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicConfigTest {
    private static final int LEVEL = 1;

    @Test
    void hasTheDocumentedDefaults() {
        TopicConfig expected = new TopicConfig(
                128 << 20,
                86_400_000L,
                604_800_000L,
                -1,
                CleanupPolicy.DELETE,
                new CompactionConfig(0.5, 0, Long.MAX_VALUE, 86_400_000L),
                4096,
                1_048_588,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                3_600_000L);

        assertThat(TopicConfig.DEFAULT).isEqualTo(expected);
    }

    @Test
    void prefersTheTopicsValueToTheClustersAndThatToTheDefault() {
        Configs ofCluster = new Configs(Map.of("segment.bytes", "2000000", "segment.ms", "60000"));
        Configs ofTopic = new Configs(Map.of("segment.bytes", "3000000"));

        TopicConfig config = TopicConfig.of(ofTopic, ofCluster);

        assertThat(config.segmentBytes()).isEqualTo(3_000_000);
        assertThat(config.segmentMs()).isEqualTo(60_000);
        assertThat(config.indexIntervalBytes()).isEqualTo(4096);
    }

    @Test
    void readsEveryKey() {
        Configs all = new Configs(Map.ofEntries(
                entry("segment.bytes", "1048576"),
                entry("segment.ms", "1000"),
                entry("retention.ms", "7"),
                entry("retention.bytes", "8"),
                entry("cleanup.policy", "delete,compact"),
                entry("min.cleanable.dirty.ratio", "0.25"),
                entry("min.compaction.lag.ms", "9"),
                entry("max.compaction.lag.ms", "1000"),
                entry("delete.retention.ms", "10"),
                entry("index.interval.bytes", "1024"),
                entry("max.message.bytes", "2048"),
                entry("message.timestamp.type", "LogAppendTime"),
                entry("message.timestamp.before.max.ms", "5"),
                entry("message.timestamp.after.max.ms", "6")));

        assertThat(all.entries()).hasSameSizeAs(TopicConfigKey.values());
        assertThat(TopicConfig.of(all, Configs.NONE))
                .isEqualTo(new TopicConfig(
                        1 << 20,
                        1000,
                        7,
                        8,
                        CleanupPolicy.COMPACT_DELETE,
                        new CompactionConfig(0.25, 9, 1000, 10),
                        1024,
                        2048,
                        TimestampType.LOG_APPEND_TIME,
                        5,
                        6));
    }

    @ParameterizedTest
    @EnumSource(TopicConfigKey.class)
    void allowsItsOwnDefault(TopicConfigKey key) {
        assertThat(TopicConfigKey.problem(key.key(), key.defaultValue(), key.since()))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TopicConfigKey.class)
    void documentsEveryKey(TopicConfigKey key) {
        assertThat(key.documentation()).endsWith(".").hasSizeGreaterThan(40);
        assertThat(key.allowed()).isNotBlank();
        assertThat(TopicConfigKey.find(key.key())).hasValue(key);
    }

    @Test
    void knowsWhichKindOfValuesAKeyTakes() {
        assertThat(TopicConfigKey.SEGMENT_BYTES.type()).isEqualTo(TopicConfigKey.Type.BYTES);
        assertThat(TopicConfigKey.SEGMENT_MS.type()).isEqualTo(TopicConfigKey.Type.DURATION_MS);
        assertThat(TopicConfigKey.MESSAGE_TIMESTAMP_TYPE.type()).isEqualTo(TopicConfigKey.Type.WORD);
    }

    @Test
    void givesEveryKeyAnotherName() {
        assertThat(Arrays.stream(TopicConfigKey.values()).map(TopicConfigKey::key))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "segment.bytes, 1048576, 1073741824, bytes",
        "segment.ms, 1000, 9223372036854775807, milliseconds",
        "index.interval.bytes, 1024, 1048576, bytes",
        "max.message.bytes, 1024, 4194304, bytes",
        "message.timestamp.before.max.ms, 0, 9223372036854775807, milliseconds",
        "message.timestamp.after.max.ms, 0, 9223372036854775807, milliseconds"
    })
    void takesWholeNumbersInARange(String key, long min, long max, String unit) {
        String problem =
                "topic setting %s is '%%s'; must be a whole number of %s from %d to %d".formatted(key, unit, min, max);

        assertThat(TopicConfigKey.problem(key, Long.toString(min), LEVEL)).isEmpty();
        assertThat(TopicConfigKey.problem(key, Long.toString(max), LEVEL)).isEmpty();
        assertThat(TopicConfigKey.problem(key, Long.toString(min - 1), LEVEL)).hasValue(problem.formatted(min - 1));
        // one past the largest long is no number at all
        String past = max == Long.MAX_VALUE ? "9223372036854775808" : Long.toString(max + 1);
        assertThat(TopicConfigKey.problem(key, past, LEVEL)).hasValue(problem.formatted(past));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 2000000",
                "2000000 ",
                "+2000000",
                "2MB",
                "2e6",
                "2000000.0",
                "٢٠٠٠٠٠٠",
                "--1",
                "-",
                "0x200000"
            })
    void takesNothingButPlainDigits(String value) {
        assertThat(TopicConfigKey.problem("segment.bytes", value, LEVEL))
                .hasValue(
                        "topic setting segment.bytes is '%s'; must be a whole number of bytes from 1048576 to 1073741824"
                                .formatted(value));
    }

    @Test
    void takesOneOfTwoTimestampTypesAsKafkaSpellsThem() {
        assertThat(TopicConfigKey.problem("message.timestamp.type", "CreateTime", LEVEL))
                .isEmpty();
        assertThat(TopicConfigKey.problem("message.timestamp.type", "LogAppendTime", LEVEL))
                .isEmpty();
        assertThat(TopicConfigKey.problem("message.timestamp.type", "createtime", LEVEL))
                .hasValue("topic setting message.timestamp.type is 'createtime'; must be CreateTime or LogAppendTime");
    }

    @ParameterizedTest
    @CsvSource({
        "segment.byte, segment.bytes",
        "SEGMENT.MS, segment.ms",
        "max.mesage.bytes, max.message.bytes",
        "timestamp.type, message.timestamp.type",
        "index.interval, index.interval.bytes"
    })
    void suggestsTheNearestKeyForAnUnknownOne(String written, String nearest) {
        assertThat(TopicConfigKey.problem(written, "1", LEVEL))
                .hasValue("topic setting %s is unknown; did you mean %s?".formatted(written, nearest));
    }

    @Test
    void doesNotKnowAKeyBeforeItsFeatureLevel() {
        assertThat(TopicConfigKey.problem("segment.bytes", "2000000", 0))
                .hasValue("topic setting segment.bytes needs feature level 1; the cluster is at 0,"
                        + " upgrade all brokers first");
    }

    @Test
    void allowsNoBatchThatARaftEntryCannotHold() {
        int largestBatch = 4 << 20;
        int frameHeader = 72;

        assertThat(TopicConfigKey.problem("max.message.bytes", Integer.toString(largestBatch + 1), LEVEL))
                .isNotEmpty();
        assertThat(largestBatch + frameHeader)
                .isLessThan(RaftConfig.in(Path.of("unused")).maxEntryBytes());
    }
}
