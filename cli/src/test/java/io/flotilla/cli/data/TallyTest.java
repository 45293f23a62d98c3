package io.flotilla.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.output.Json;
import io.flotilla.client.RecordAck;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void countsRecordsAndTheirOffsetsByPartition() {
        tally.written(new RecordAck(1, 7, 0));
        tally.written(new RecordAck(0, 3, 0));
        tally.written(new RecordAck(1, 6, 0));

        assertThat(tally.records()).isEqualTo(3);
        assertThat(tally.partitions()).isEqualTo(2);
        assertThat(tally.values("web").stream().map(Json::compact))
                .containsExactly(
                        "{\"topic\":\"web\",\"partition\":0,\"firstOffset\":3,\"lastOffset\":3,\"records\":1}",
                        "{\"topic\":\"web\",\"partition\":1,\"firstOffset\":6,\"lastOffset\":7,\"records\":2}");
    }

    @Test
    void remembersTheFirstLineThatFailedWhateverIsReportedFirst() {
        tally.failed(9, FlotillaException.of(ErrorCode.ERROR_CODE_INTERNAL, "later"));
        tally.failed(4, FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "first"));
        tally.failed(7, FlotillaException.of(ErrorCode.ERROR_CODE_INTERNAL, "later"));

        assertThat(tally.failure()).extracting(Tally.Failure::line).isEqualTo(4L);
    }
}
