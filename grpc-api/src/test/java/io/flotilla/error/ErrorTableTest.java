package io.flotilla.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.v1.ErrorCode;
import io.grpc.Status;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrorTableTest {
    @Test
    void hasOneRowPerCodeInOrder() {
        assertThat(ErrorTable.rows())
                .extracting(ErrorTable.Row::code)
                .containsExactly(Arrays.stream(ErrorCode.values())
                        .filter(code -> code != ErrorCode.UNRECOGNIZED)
                        .toArray(ErrorCode[]::new));
    }

    @Test
    void noErrorEndsARpcWithOkOrIsAmbiguousAboutAMalformedRequest() {
        assertThat(ErrorTable.rows()).allSatisfy(row -> {
            assertThat(row.status()).isNotEqualTo(Status.Code.OK);
            if (row.status() == Status.Code.INVALID_ARGUMENT) {
                assertThat(row.retriable()).isFalse();
                assertThat(row.mayBeAmbiguous()).isFalse();
            }
        });
    }

    @Test
    void namesGoBothWays() {
        assertThat(ErrorTable.rows())
                .allSatisfy(row -> assertThat(ErrorTable.named(ErrorTable.name(row.code())))
                        .isEqualTo(row.code()));
        assertThat(ErrorTable.name(ErrorCode.ERROR_CODE_NOT_LEADER)).isEqualTo("NOT_LEADER");
        assertThat(ErrorTable.named("FROM_THE_FUTURE")).isEqualTo(ErrorCode.ERROR_CODE_UNSPECIFIED);
    }

    @Test
    void onlyCodesThatMayBeAmbiguousCanBeMadeSo() {
        for (ErrorTable.Row row : ErrorTable.rows()) {
            if (row.mayBeAmbiguous()) {
                assertThat(FlotillaException.ambiguous(row.code(), "m").ambiguous())
                        .isTrue();
            } else {
                assertThatThrownBy(() -> FlotillaException.ambiguous(row.code(), "m"))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(FlotillaException.of(row.code(), "m").ambiguous()).isFalse();
        }
    }
}
