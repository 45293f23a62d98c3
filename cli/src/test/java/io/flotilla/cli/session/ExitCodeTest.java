package io.flotilla.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.error.ErrorTable;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodeTest {
    @ParameterizedTest
    @CsvSource({
        "INTERNAL, 1",
        "INVALID_REQUEST, 1",
        "INVALID_TOPIC_NAME, 1",
        "INVALID_BATCH, 1",
        "CORRUPT_BATCH, 1",
        "BATCH_TOO_LARGE, 1",
        "INVALID_TIMESTAMP, 1",
        "UNSUPPORTED_COMPRESSION, 1",
        "UNSUPPORTED_FEATURE, 1",
        "CLIENT_MESSAGE_LIMIT, 1",
        "KEY_REQUIRED, 1",
        "UNKNOWN_TOPIC_OR_PARTITION, 3",
        "TOPIC_ID_MISMATCH, 5",
        "ALREADY_EXISTS, 5",
        "NOT_FOUND, 3",
        "NOT_LEADER, 6",
        "LEADER_UNAVAILABLE, 6",
        "FENCED_LEADER_EPOCH, 6",
        "UNKNOWN_LEADER_EPOCH, 6",
        "DRAINING, 6",
        "NO_QUORUM, 6",
        "OFFSET_OUT_OF_RANGE, 3",
        "OFFSET_CONFLICT, 5",
        "PARTITION_REQUIRED, 1",
        "OUT_OF_ORDER_SEQUENCE, 1",
        "PRODUCER_FENCED, 1",
        "UNKNOWN_PRODUCER, 1",
        "OVERLOADED, 6",
        "STORAGE_FULL, 7",
        "TOO_MANY_STREAMS, 7",
        "TIMED_OUT, 6",
        "INVALID_CONFIG, 1",
        "INVALID_REPLICATION, 1",
        "UNSPECIFIED, 1"
    })
    void tellsScriptsWhatHappened(String code, int exit) {
        FlotillaException error = FlotillaException.of(ErrorTable.named(code), "no");

        assertThat(ExitCode.ofChange(error).code()).isEqualTo(exit);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"ERROR_CODE_NO_QUORUM", "ERROR_CODE_TIMED_OUT", "ERROR_CODE_INTERNAL"})
    void neverCallsItSafeToTryAgainWhenTheOutcomeIsUnknown(ErrorCode code) {
        assertThat(ExitCode.ofChange(FlotillaException.ambiguous(code, "who knows")))
                .isEqualTo(ExitCode.FAILED);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"ERROR_CODE_NO_QUORUM", "ERROR_CODE_TIMED_OUT"})
    void callsItSafeToAskAgainWhateverBecameOfAQuestion(ErrorCode code) {
        assertThat(ExitCode.ofQuestion(FlotillaException.ambiguous(code, "who knows")))
                .isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void everyRetriableErrorOfKnownOutcomeIsWorthARetryOrNamesWhatIsMissing() {
        Set<ExitCode> fitting =
                EnumSet.of(ExitCode.UNAVAILABLE, ExitCode.EXHAUSTED, ExitCode.NOT_FOUND, ExitCode.FAILED);

        assertThat(ErrorTable.rows().stream().filter(ErrorTable.Row::retriable))
                .allSatisfy(row -> assertThat(ExitCode.ofChange(FlotillaException.of(row.code(), "")))
                        .isIn(fitting));
    }

    @Test
    void codesAreDistinct() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::code)).doesNotHaveDuplicates();
    }
}
