package io.flotilla.error;

import static java.util.Map.entry;

import io.flotilla.v1.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes down {@link ErrorTable} for people: what {@code error.proto} says of each code, and what to do about it. */
final class ErrorPage {
    private static final Path PROTO = Path.of("src/main/proto/flotilla/v1/error.proto");
    private static final Pattern VALUE = Pattern.compile("(ERROR_CODE_\\w+) = (\\d+);");

    private static final String INTRODUCTION = """
            # Errors

            *Generated from `ErrorTable` and `error.proto`; do not edit. `mvn -pl grpc-api test -Dtest=ErrorPageTest
            -Dupdate.docs=true` writes it anew.*

            An error tells a client four things: a code, whether the same request may be sent again (`retriable`), how long to
            wait before (`retry_after_ms`), and whether a write may have happened all the same (`ambiguous`). A client acts on
            `retriable` and `ambiguous` as the broker sent them, not on this table; so it treats codes right that are newer
            than itself.

            - **Retriable** means: send it again unchanged. Wait `retry_after_ms`, or without one 50 ms, doubled each time up
              to 1 s, with jitter. If `leader` is set, send it there at once.
            - **Ambiguous** means: the outcome is not known. Sending the batch again may write it twice. "Can be" in the table
              means that the flag in the error decides. Reads change nothing and may always be repeated.
            - An error that is neither: change the request, or tell a person.

            One batch of a Produce stream and one partition of a Consume stream have their errors in the stream, which goes
            on. An RPC that ends with an error has a gRPC status, the same facts in its details (`grpc-status-details-bin`)
            and, for clients that cannot read those, as trailers: `flotilla-code`, `flotilla-retriable`,
            `flotilla-retry-after-ms` and `flotilla-leader`. In Java all of it is a `FlotillaException`.
            """;

    private static final String HEAD = """

            | code | number | gRPC status | retriable | ambiguous | meaning | what to do |
            |---|---|---|---|---|---|---|
            """;

    private static final Map<ErrorCode, String> ADVICE = Map.ofEntries(
            entry(
                    ErrorCode.ERROR_CODE_UNSPECIFIED,
                    "Judge by the gRPC status: UNAVAILABLE may be tried again, though a write may have happened."),
            entry(ErrorCode.ERROR_CODE_INTERNAL, "Look at the broker's log; report it."),
            entry(ErrorCode.ERROR_CODE_INVALID_REQUEST, "Correct the request; the message names the field."),
            entry(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME, "Choose another name."),
            entry(ErrorCode.ERROR_CODE_INVALID_BATCH, "Correct the encoder; compare with [formats](formats.md)."),
            entry(
                    ErrorCode.ERROR_CODE_CORRUPT_BATCH,
                    "Writing: send it once more, then suspect the client's memory or network. Reading: read another"
                            + " replica's files with `flotilla log verify`."),
            entry(
                    ErrorCode.ERROR_CODE_BATCH_TOO_LARGE,
                    "Send smaller batches, or raise `max.message.bytes` of the topic."),
            entry(
                    ErrorCode.ERROR_CODE_INVALID_TIMESTAMP,
                    "Set the clock right; the topic's `message.timestamp.before.max.ms` and"
                            + " `message.timestamp.after.max.ms` are the limits."),
            entry(ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION, "Use a codec of `common.proto`."),
            entry(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, "Do without it, or upgrade the brokers."),
            entry(ErrorCode.ERROR_CODE_PARTITION_REQUIRED, "Name the partition."),
            entry(
                    ErrorCode.ERROR_CODE_OFFSET_CONFLICT,
                    "Somebody else wrote first: read up to `next_offset`, decide anew."),
            entry(
                    ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE,
                    "Send what is missing first; if it was given up, go on in a new epoch, with sequence 0."),
            entry(ErrorCode.ERROR_CODE_PRODUCER_FENCED, "Stop: another producer has taken over the id."),
            entry(
                    ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER,
                    "Go on in a new epoch, with sequence 0. After a week of silence a producer is forgotten."),
            entry(
                    ErrorCode.ERROR_CODE_UNKNOWN_MEMBER,
                    "Join again. To commit without being a member, stop the group's members first."),
            entry(ErrorCode.ERROR_CODE_MEMBER_FENCED, "Drop what is not acked, and join again."),
            entry(
                    ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE,
                    "Stop the other instance, or wait for its session timeout if it is dead."),
            entry(
                    ErrorCode.ERROR_CODE_GROUP_FULL,
                    "Stop some members, or raise `group.max-members` of the brokers; delete groups, or raise `group.max-groups`."),
            entry(
                    ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT,
                    "Join again; process faster, send `Progress`, or ask for a longer `processing_timeout_ms`."),
            entry(ErrorCode.ERROR_CODE_GROUP_NOT_EMPTY, "Stop the group's members first; `flotilla group members`."),
            entry(ErrorCode.ERROR_CODE_NOT_ASSIGNED, "Drop it: the partition is another member's."),
            entry(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT, "Raise the client's message limit to `needed_bytes`."),
            entry(ErrorCode.ERROR_CODE_KEY_REQUIRED, "Give every record a key; the topic keeps the newest of each."),
            entry(
                    ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                    "Create the topic or check the name; right after creating it, try again."),
            entry(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH, "Start over with the new topic's id and offsets."),
            entry(ErrorCode.ERROR_CODE_ALREADY_EXISTS, "Use what is there, or another name."),
            entry(ErrorCode.ERROR_CODE_NOT_FOUND, "Check the name."),
            entry(ErrorCode.ERROR_CODE_NOT_LEADER, "Send it to `leader`; without one, refresh metadata."),
            entry(
                    ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                    "Try again; if it lasts, look at `flotilla cluster health`."),
            entry(ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH, "Refresh metadata, then try again."),
            entry(ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH, "Try again; the broker catches up."),
            entry(ErrorCode.ERROR_CODE_DRAINING, "Connect to another broker."),
            entry(
                    ErrorCode.ERROR_CODE_NO_QUORUM,
                    "Ambiguous: look whether it was written before sending it again. If it lasts, a majority of the"
                            + " brokers concerned is down."),
            entry(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE, "Seek to an offset between the two."),
            entry(ErrorCode.ERROR_CODE_OVERLOADED, "Slow down; batches that are larger cost less."),
            entry(ErrorCode.ERROR_CODE_STORAGE_FULL, "Free disk space on the leader; see [operations](operations.md)."),
            entry(
                    ErrorCode.ERROR_CODE_TOO_MANY_STREAMS,
                    "Use one stream for many partitions, or raise `fetch.max-streams`."),
            entry(
                    ErrorCode.ERROR_CODE_TIMED_OUT,
                    "Ambiguous for writes: look whether it was written before sending it again."),
            entry(ErrorCode.ERROR_CODE_INVALID_CONFIG, "See [configuration](configuration.md#settings-of-topics)."),
            entry(ErrorCode.ERROR_CODE_INVALID_REPLICATION, "Use 1, 3 or 5, and start enough brokers."));

    private ErrorPage() {}

    static String markdown() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        Map<ErrorCode, String> meanings = meanings();
        String group = "";
        for (ErrorTable.Row row : ErrorTable.rows()) {
            String now = group(row.code());
            if (!now.equals(group)) {
                page.append("\n## ").append(now).append('\n').append(HEAD);
                group = now;
            }
            page.append("| `%s` | %d | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            ErrorTable.name(row.code()),
                            row.code().getNumber(),
                            row.status(),
                            row.retriable() ? "yes" : "no",
                            row.mayBeAmbiguous() ? "can be" : "never",
                            required(meanings, row.code()),
                            required(ADVICE, row.code())));
        }
        return page.toString();
    }

    private static String required(Map<ErrorCode, String> texts, ErrorCode code) {
        String text = texts.get(code);
        if (text == null) {
            throw new AssertionError("nothing is written down about " + code);
        }
        return text;
    }

    /** Codes are numbered in groups of tens. */
    private static String group(ErrorCode code) {
        int number = code.getNumber();
        if (number < 10) {
            return "General";
        } else if (number < 30) {
            return "Requests and batches";
        } else if (number < 50) {
            return "Resources";
        } else if (number < 70) {
            return "Routing and leadership";
        } else if (number < 150) {
            return "Offsets";
        } else if (number < 170) {
            return "Limits";
        }
        return number < 180 ? "Time" : "Administration";
    }

    /** The comments of the enum. */
    private static Map<ErrorCode, String> meanings() throws IOException {
        Map<ErrorCode, String> meanings = new EnumMap<>(ErrorCode.class);
        StringBuilder comment = new StringBuilder();
        for (String line : Files.readAllLines(PROTO)) {
            String text = line.strip();
            Matcher value = VALUE.matcher(text);
            if (value.matches()) {
                meanings.put(
                        ErrorCode.valueOf(value.group(1)), comment.toString().strip());
            }
            if (text.startsWith("// ")) {
                comment.append(' ').append(text.substring(3).replace("|", "or"));
            } else {
                comment.setLength(0);
            }
        }
        return meanings;
    }
}
