package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import io.flotilla.cli.output.ItemStream;
import io.flotilla.cli.output.OutputFormat;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import java.io.IOException;
import java.io.OutputStream;

/** Where records that were read go. Used by one thread. */
interface RecordSink {
    void add(TopicPartition partition, StoredRecord record) throws IOException;

    /** All records are there. */
    void end() throws IOException;

    /** There would have been more. */
    void fail(Value.Fields error) throws IOException;

    /** The sink for a form of output. */
    static RecordSink open(OutputFormat format, OutputStream out) throws IOException {
        return switch (format) {
            case TABLE -> new Values(out);
            case JSON, NDJSON -> new Objects(ItemStream.open(out, format, "RecordList"));
            case WIDE, YAML, TSV, NAME ->
                throw new CommandFailure(Problem.usage(
                        "cannot write records as " + format,
                        "a stream of records has no such form",
                        "use -o json or -o ndjson, or leave -o out for bare values"));
        };
    }

    /** Bare values, byte for byte, a line feed behind each. */
    record Values(OutputStream out) implements RecordSink {
        @Override
        public void add(TopicPartition partition, StoredRecord record) throws IOException {
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

    /** Whole records. */
    record Objects(ItemStream items) implements RecordSink {
        @Override
        public void add(TopicPartition partition, StoredRecord record) throws IOException {
            items.add(RecordValue.of(partition, record));
        }

        @Override
        public void end() throws IOException {
            items.end();
        }

        @Override
        public void fail(Value.Fields error) throws IOException {
            items.fail(error);
        }
    }
}
