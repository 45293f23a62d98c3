package io.flotilla.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.record.ProducerSequence;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducersTest {
    private static final long PRODUCER = 5;

    @TempDir
    Path directory;

    private Log log;
    private Producers producers;

    @BeforeEach
    void open() throws Exception {
        TailCache cache = new TailCache(0);
        LogStore store =
                new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
        log = store.open(directory.resolve("log"), LogConfig.DEFAULT);
        producers = Producers.open(file(), log);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    private Path file() {
        return directory.resolve("producers");
    }

    private void again() throws Exception {
        close();
        open();
    }

    private void write(int sequence, int term) throws Exception {
        byte[] body = RecordBatch.newBuilder()
                .setProducer(ProducerStamp.newBuilder().setProducerId(PRODUCER).setBaseSequence(sequence))
                .setRecords(RecordSet.newBuilder().addRecords(Record.getDefaultInstance()))
                .build()
                .toByteArray();
        byte[] frame = BatchFrame.of(
                        FrameHeader.unassigned(1, 1000, 1000, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED),
                        body,
                        0,
                        body.length)
                .bytes();
        log.append(log.lastRaftIndex() + 1, term, frame);
        log.flush();
        producers.table().written(frame);
    }

    private boolean isNext(int sequence) {
        return producers
                .table()
                .judge(new ProducerSequence(PRODUCER, 0, sequence, false), null, 1, 1000)
                .equals(Verdict.FRESH);
    }

    @Test
    void areReadFromTheLogWithoutAFile() throws Exception {
        for (int i = 0; i < 100; i++) {
            write(i, 1);
        }

        again();

        assertThat(file()).doesNotExist();
        assertThat(isNext(100)).isTrue();
    }

    @Test
    void areReadFromTheFileAndWhatCameAfterIt() throws Exception {
        for (int i = 0; i < 10; i++) {
            write(i, 1);
        }
        producers.keep(log, () -> 6);
        assertThat(file()).exists();

        again();

        assertThat(isNext(10)).isTrue();
        assertThat(new ProducerFile(file()).read().orElseThrow().endOffset()).isEqualTo(6);
    }

    @Test
    void aDamagedFileCountsForNothing() throws Exception {
        write(0, 1);
        write(1, 1);
        producers.keep(log, () -> 2);
        byte[] bytes = Files.readAllBytes(file());
        bytes[bytes.length - 1] ^= 1;
        Files.write(file(), bytes);

        again();

        assertThat(isNext(2)).isTrue();
        Files.write(file(), new byte[3]);
        again();
        assertThat(isNext(2)).isTrue();
    }

    @Test
    void aFileOfAnotherLogCountsForNothing() throws Exception {
        write(0, 1);
        write(1, 1);
        producers.keep(log, () -> 2);
        log.truncateFrom(log.lastRaftIndex());
        producers.table().truncatedTo(log.logEnd());
        write(7, 2); // as another leader wanted

        again();

        assertThat(isNext(8)).isTrue();
        log.truncateFrom(log.lastRaftIndex());
        again();
        assertThat(isNext(1)).as("the file is ahead of the log").isTrue();
    }

    @Test
    void outliveTheRecordsThatAreTrimmed() throws Exception {
        write(0, 1);
        write(1, 1);
        log.trimTo(2);
        producers.keep(log, () -> 2);

        again();

        assertThat(isNext(2)).isTrue();
        write(2, 1);
        again();
        assertThat(isNext(3)).isTrue();
    }

    @Test
    void areKeptOnlyWhenThereIsMore() throws Exception {
        producers.keep(log, () -> 0);
        assertThat(file()).doesNotExist();
        write(0, 1);
        producers.keep(log, () -> 1);
        Files.delete(file());

        producers.keep(log, () -> 1);

        assertThat(file()).doesNotExist();
        assertThat(producers.shouldBeKept(log.sizeBytes())).isFalse();
        assertThat(producers.shouldBeKept(log.sizeBytes() + Producers.KEEP_EVERY_BYTES))
                .isTrue();
    }
}
