package io.flotilla.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelledRecordsTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 3);

    private static String line(boolean isColored, StoredRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LabelledRecords(out, isColored).add(ORDERS, record);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void leadsEachValueWithItsPlace() throws IOException {
        assertThat(line(false, record(ByteString.copyFromUtf8("paid")))).isEqualTo("orders/3@118204 paid\n");
        assertThat(line(false, record(null))).isEqualTo("orders/3@118204 \n");
    }

    @Test
    void colorsThePlaceOnly() throws IOException {
        assertThat(line(true, record(ByteString.copyFromUtf8("paid"))))
                .matches("\u001b\\[3\\dmorders/3@118204\u001b\\[0m paid\n");
    }

    private static StoredRecord record(@Nullable ByteString value) {
        return new StoredRecord(118_204, 0, null, value, List.of());
    }
}
