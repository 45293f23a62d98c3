package io.flotilla.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.v1.Position;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Positions positions = new Positions(() -> NOW, ZoneId.of("+02:00"));

    @Test
    void readsTheEndsOfALog() {
        assertThat(positions.parse("start").getAnchor()).isEqualTo(Position.Anchor.ANCHOR_START);
        assertThat(positions.parse("end").getAnchor()).isEqualTo(Position.Anchor.ANCHOR_END);
    }

    @Test
    void readsOffsetsFromTheStartAndFromTheEnd() {
        assertThat(positions.parse("118204").getOffset()).isEqualTo(118204);
        assertThat(positions.parse("-100").getTailRecords()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "@2026-11-22, 2026-11-21T22:00:00Z",
        "@2026-11-22T10:00, 2026-11-22T08:00:00Z",
        "@2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
        "@2026-11-22T10:00:00-05:00, 2026-11-22T15:00:00Z",
        "@1000, 1970-01-01T00:00:01Z",
        "1h, 2026-11-22T11:00:00Z"
    })
    void readsTimesInTheZoneOfWhoeverAsks(String text, Instant time) {
        assertThat(positions.parse(text).getTimestampMs()).isEqualTo(time.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22, 2026-11-21T22:00:00Z",
        "@2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
        "1000, 1970-01-01T00:00:01Z",
        "7d, 2026-11-15T12:00:00Z"
    })
    void readsMomentsWithoutASignBeforeThem(String text, Instant time) {
        assertThat(positions.parseMoment(text).millis()).isEqualTo(time.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "middle", "-", "--1", "@", "@noon", "@2026-13-01", "1x"})
    void refusesWhatIsNoPosition(String text) {
        assertThatThrownBy(() -> positions.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
