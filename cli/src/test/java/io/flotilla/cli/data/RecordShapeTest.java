package io.flotilla.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.record.NewRecord;
import io.flotilla.record.RecordHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordShapeTest {
    @Test
    void splitsTheKeyOffAtTheFirstDelimiter() {
        RecordShape shape = new RecordShape(text("::"), null, List.of());

        NewRecord record = shape.of(text("k::v::w"));

        assertThat(record.key()).isEqualTo(text("k"));
        assertThat(record.value()).isEqualTo(text("v::w"));
    }

    @Test
    void givesALineWithoutDelimiterTheCommonKeyOrNone() {
        assertThat(new RecordShape(text(":"), null, List.of()).of(text("v")).key())
                .isNull();
        assertThat(new RecordShape(text(":"), text("k"), List.of())
                        .of(text("v"))
                        .key())
                .isEqualTo(text("k"));
    }

    @Test
    void keepsAnEmptyKeyApartFromNone() {
        assertThat(new RecordShape(text(":"), null, List.of()).of(text(":v")).key())
                .isEqualTo(ByteString.EMPTY);
    }

    @Test
    void putsTheHeadersOnEveryRecord() {
        List<RecordHeader> headers = List.of(RecordHeader.of("source", "file"));

        assertThat(new RecordShape(null, null, headers).of(text("v")).headers()).isEqualTo(headers);
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
