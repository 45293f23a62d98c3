package io.flotilla.record;

import com.google.protobuf.ByteString;
import io.flotilla.v1.Compression;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Records and batches of all shapes. */
public final class RandomRecords {
    private final RandomGenerator random;

    public RandomRecords(RandomGenerator random) {
        this.random = random;
    }

    /** One to {@code max} records that go into one batch. */
    public List<NewRecord> records(int max) {
        long base = random.nextBoolean() ? NewRecord.NO_TIMESTAMP : random.nextLong(1, 2_000_000_000_000L);
        List<NewRecord> records = new ArrayList<>();
        for (int i = random.nextInt(max); i >= 0; i--) {
            records.add(record().withTimestamp(base == 0 ? 0 : Math.max(1, base + random.nextInt(-5000, 5000))));
        }
        return records;
    }

    public NewRecord record() {
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = random.nextInt(10) == 0 ? random.nextInt(4) : 0; i > 0; i--) {
            headers.add(new RecordHeader(random.nextBoolean() ? "träce" : "", maybeBytes(20)));
        }
        return new NewRecord(maybeBytes(30), maybeBytes(random.nextInt(20) == 0 ? 5000 : 200), headers, 0);
    }

    /** A batch as a generated client would encode it, which the format allows. */
    public RecordBatch batch() {
        RecordBatch.Builder batch = RecordBatch.newBuilder()
                .setBaseTimestampMs(random.nextLong(0, 2_000_000_000_000L))
                .setMaxTimestampMs(random.nextLong(0, 2_000_000_000_000L));
        if (random.nextInt(4) == 0) {
            batch.setProducer(ProducerStamp.newBuilder()
                    .setProducerId(random.nextLong())
                    .setProducerEpoch(random.nextInt())
                    .setBaseSequence(random.nextInt(Integer.MAX_VALUE))
                    .setTransactional(random.nextBoolean()));
        }
        return random.nextBoolean() ? withRecords(batch) : withEncodedRecords(batch);
    }

    private RecordBatch withRecords(RecordBatch.Builder batch) {
        RecordSet.Builder set = RecordSet.newBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
            Record.Builder record = Record.newBuilder().setTimestampDeltaMs(random.nextInt(-1000, 1000));
            ByteString key = maybeBytes(30);
            if (key != null) {
                record.setKey(key);
            }
            set.addRecords(record.setValue(bytes(random.nextInt(300))));
        }
        return batch.setRecords(set)
                .setRecordCount(random.nextBoolean() ? 0 : set.getRecordsCount())
                .build();
    }

    private RecordBatch withEncodedRecords(RecordBatch.Builder batch) {
        ByteString payload = bytes(random.nextInt(1, 500));
        batch.setEncodedRecords(payload).setRecordCount(random.nextInt(1, 1000));
        if (random.nextInt(4) == 0) {
            return batch.setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2).build();
        }
        if (random.nextBoolean()) {
            batch.setCrc32C(Checksum.of(payload.toByteArray(), 0, payload.size()));
        }
        return batch.setCompression(Compression.forNumber(random.nextInt(2, 6)))
                .setUncompressedBytes(random.nextInt(1, PayloadCodec.MAX_UNCOMPRESSED_BYTES))
                .build();
    }

    public @Nullable ByteString maybeBytes(int max) {
        return random.nextInt(5) == 0 ? null : bytes(random.nextInt(max));
    }

    /** Bytes that a compressor can do something with. */
    public ByteString bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 'a');
        }
        return ByteString.copyFrom(bytes);
    }

    /** {@code bytes} with some bytes changed, dropped, added or moved; often still decodable. */
    public byte[] mutated(byte[] bytes) {
        byte[] mutated = bytes.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(mutated.length + 1);
            mutated = switch (random.nextInt(6)) {
                case 0 -> cut(mutated, 0, at);
                case 1 ->
                    joined(
                            cut(mutated, 0, at),
                            bytes(random.nextInt(4)).toByteArray(),
                            cut(mutated, at, mutated.length));
                case 2 -> joined(mutated, cut(bytes, random.nextInt(bytes.length + 1), bytes.length));
                case 3 -> joined(cut(mutated, at, mutated.length), cut(mutated, 0, at));
                default -> flipped(mutated);
            };
        }
        return mutated;
    }

    private byte[] flipped(byte[] bytes) {
        if (bytes.length > 0) {
            // the first bytes hold tags and lengths
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 40));
            bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] cut(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, Math.max(from, to));
    }

    static byte[] joined(byte[]... parts) {
        ByteString all = ByteString.EMPTY;
        for (byte[] part : parts) {
            all = all.concat(ByteString.copyFrom(part));
        }
        return all.toByteArray();
    }
}
