package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import io.flotilla.cli.output.Value;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Values behind their place, a line each: {@code orders/3@118204 value}.
 *
 * @param isColored each topic's places have a colour of their own
 */
record LabelledRecords(OutputStream out, boolean isColored) implements RecordSink {
    private static final int[] COLORS = {36, 33, 32, 35, 34, 31};

    @Override
    public void add(TopicPartition partition, StoredRecord record) throws IOException {
        String place = partition + "@" + record.offset();
        int color = COLORS[Math.floorMod(partition.topic().hashCode(), COLORS.length)];
        String label = isColored ? "\u001b[%dm%s\u001b[0m ".formatted(color, place) : place + " ";
        out.write(label.getBytes(StandardCharsets.UTF_8));
        ByteString value = record.value();
        if (value != null) {
            value.writeTo(out);
        }
        out.write('\n');
    }

    @Override
    public void end() {}

    @Override
    public void fail(Value.Fields error) {}
}
