package io.flotilla.cli.text;

import io.flotilla.v1.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Pattern;

/**
 * Places in a partition as people write them: {@code start}, {@code end}, an offset, {@code -100} for the last hundred,
 * {@code @TIME}, or {@code 1h} for an hour ago.
 */
public final class Positions {
    private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");

    private final InstantSource clock;
    private final ZoneId zone;

    /**
     * A reader of positions.
     *
     * @param zone of times that do not name theirs
     */
    public Positions(InstantSource clock, ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    /** A point in time somebody wrote, in milliseconds since 1970. */
    public record Moment(long millis) {}

    /** {@code 2026-11-22T10:00:00Z}, {@code 2026-11-22}, milliseconds, or {@code 1h} for an hour ago; {@code @} may lead it. */
    public Moment parseMoment(String text) {
        if (Durations.isDuration(text)) {
            return new Moment(clock.instant().minus(Durations.parse(text)).toEpochMilli());
        }
        return new Moment(time(text.startsWith("@") ? text.substring(1) : text).toEpochMilli());
    }

    public Position parse(String text) {
        Position.Builder position = Position.newBuilder();
        if (text.equals("start")) {
            position.setAnchor(Position.Anchor.ANCHOR_START);
        } else if (text.equals("end")) {
            position.setAnchor(Position.Anchor.ANCHOR_END);
        } else if (isDigits(text, 0)) {
            position.setOffset(Long.parseLong(text));
        } else if (text.startsWith("-") && isDigits(text, 1)) {
            position.setTailRecords(Long.parseLong(text.substring(1)));
        } else if (text.startsWith("@")) {
            position.setTimestampMs(time(text.substring(1)).toEpochMilli());
        } else if (Durations.isDuration(text)) {
            position.setTimestampMs(clock.instant().minus(Durations.parse(text)).toEpochMilli());
        } else {
            throw new IllegalArgumentException(
                    "'%s' is not a position; write start, end, an offset, -N, @TIME or a duration such as 1h"
                            .formatted(text));
        }
        return position.build();
    }

    private static boolean isDigits(String text, int from) {
        return DIGITS.matcher(text).region(from, text.length()).matches();
    }

    /** {@code 2026-11-22}, {@code 2026-11-22T10:00}, with or without a zone, or milliseconds since 1970. */
    private Instant time(String text) {
        try {
            if (isDigits(text, 0)) {
                return Instant.ofEpochMilli(Long.parseLong(text));
            } else if (text.indexOf('T') < 0) {
                return LocalDate.parse(text).atStartOfDay(zone).toInstant();
            } else if (text.endsWith("Z") || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf('T')) {
                return OffsetDateTime.parse(text).toInstant();
            }
            return LocalDateTime.parse(text).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'%s' is not a time; write 2026-11-22, 2026-11-22T10:00:00Z or milliseconds".formatted(text), e);
        }
    }
}
