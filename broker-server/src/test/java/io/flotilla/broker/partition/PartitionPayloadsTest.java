package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.broker.producer.ProducerTable;
import io.flotilla.log.Log;
import io.flotilla.log.io.DiskCall;
import io.flotilla.log.io.Fault;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import io.flotilla.record.BatchFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class PartitionPayloadsTest {
    private final MemoryLog memory = new MemoryLog();
    private final EntryEnds ends = new EntryEnds();
    private final PartitionPayloads payloads;

    PartitionPayloadsTest() throws Exception {
        payloads = new PartitionPayloads(memory.open(), ends, new ProducerTable());
    }

    private byte[] write(long term, long index) {
        byte[] payload = memory.frame(2);
        payloads.write(new TermIndex(term, index), payload);
        return payload;
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(payloads.last()).isEqualTo(TermIndex.NONE);
        assertThat(payloads.termOf(0)).isEmpty();
        assertThat(payloads.truncatedFrom()).isEmpty();
        assertThat(payloads.storedIndex()).isEqualTo(StoredMark.NOTHING);
    }

    @Test
    void knowsWhichEntriesItHolds() {
        write(1, 3);
        write(4, 7);

        assertThat(payloads.last()).isEqualTo(new TermIndex(4, 7));
        assertThat(payloads.termOf(3)).hasValue(1);
        assertThat(payloads.termOf(5)).isEmpty();
        assertThat(payloads.termOf(7)).hasValue(4);
    }

    @Test
    void fillsInWhatTheOrderDecidesBeforeThePayloadIsSentOn() throws Exception {
        write(1, 3);

        byte[] second = write(4, 7);

        BatchFrame frame = BatchFrame.read(second, 0, second.length);
        assertThat(frame.baseOffset()).isEqualTo(2);
        assertThat(frame.nextOffset()).isEqualTo(4);
        assertThat(frame.header().raftIndex()).isEqualTo(7);
        assertThat(frame.header().leaderEpoch()).isEqualTo(4);
        assertThat(payloads.read(7)).isEqualTo(second);
        assertThat(ends.take(7)).isEqualTo(4);
    }

    @Test
    void readsTheSameBytesBeforeAndAfterTheyAreOnDisk() throws Exception {
        byte[] first = write(1, 3);
        byte[] second = write(1, 4);

        payloads.flush();

        assertThat(payloads.read(3)).isEqualTo(first);
        assertThat(payloads.read(4)).isEqualTo(second);
    }

    @Test
    void aFollowerHoldsTheBytesOfItsLeader() throws Exception {
        byte[] first = write(1, 3);
        byte[] second = write(2, 4);
        PartitionPayloads follower =
                new PartitionPayloads(new MemoryLog().open(), new EntryEnds(), new ProducerTable());

        follower.write(new TermIndex(1, 3), first.clone());
        follower.write(new TermIndex(2, 4), second.clone());

        assertThat(follower.read(3)).isEqualTo(first);
        assertThat(follower.read(4)).isEqualTo(second);
    }

    @Test
    void saysWhatItHasWhenAskedForWhatItHasNot() {
        write(1, 3);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> payloads.read(4))
                .withMessage("entry 4 is not in the log, which holds entries up to 3");
    }

    @Test
    void dropsAnEntryAndAllAfterIt() throws Exception {
        byte[] kept = write(1, 3);
        write(1, 4);
        write(1, 5);
        payloads.flush();

        payloads.truncate(4);

        assertThat(payloads.last()).isEqualTo(new TermIndex(1, 3));
        assertThat(payloads.truncatedFrom()).hasValue(4);
        assertThat(payloads.read(3)).isEqualTo(kept);
        assertThat(ends.take(3)).isEqualTo(2);
        assertThat(ends.take(4)).isEqualTo(EntryEnds.UNKNOWN);
    }

    @Test
    void anEntryOfALaterTermTakesThePlaceOfWhatIsThere() throws Exception {
        write(1, 3);
        write(1, 4);
        write(1, 5);
        payloads.flush();

        byte[] replaced = write(2, 4);

        assertThat(payloads.last()).isEqualTo(new TermIndex(2, 4));
        assertThat(payloads.read(4)).isEqualTo(replaced);
        assertThat(payloads.termOf(5)).isEmpty();
        assertThat(ends.take(4)).isEqualTo(4);
        assertThat(ends.take(5)).isEqualTo(EntryEnds.UNKNOWN);
    }

    @Test
    void whatCountsAsStoredIsRememberedWhenTheProcessDies() throws Exception {
        write(1, 3);
        write(1, 4);
        payloads.flush();

        payloads.confirm(4);

        PartitionPayloads again =
                new PartitionPayloads(memory.afterKill().open(), new EntryEnds(), new ProducerTable());
        assertThat(again.storedIndex()).isEqualTo(4);
        assertThat(again.last()).isEqualTo(new TermIndex(1, 4));
    }

    @Test
    void applyingStartsBehindTheLastEntryThatIsStored() throws Exception {
        assertThat(payloads.lastStored()).isEqualTo(TermIndex.NONE);
        write(1, 3);
        write(2, 5);
        write(2, 6);
        payloads.flush();
        payloads.confirm(3);

        assertThat(payloads.lastStored()).isEqualTo(new TermIndex(1, 3));
        payloads.confirm(4); // an entry without payload
        assertThat(payloads.lastStored()).isEqualTo(new TermIndex(1, 3));
        payloads.confirm(9);
        assertThat(payloads.lastStored()).isEqualTo(new TermIndex(2, 6));
    }

    @Test
    void nothingCountsAsStoredBeforeItIsOnDisk() {
        write(1, 3);

        assertThatIllegalArgumentException().isThrownBy(() -> payloads.confirm(3));
        assertThat(payloads.storedIndex()).isEqualTo(StoredMark.NOTHING);
    }

    @Test
    void whatIsCutAwayCountsAsStoredNoLonger() throws Exception {
        write(1, 3);
        write(1, 4);
        payloads.flush();
        payloads.confirm(4);

        payloads.truncate(4);

        assertThat(payloads.storedIndex()).isEqualTo(3);
    }

    @Test
    void refusesAPayloadThatIsNoFrames() {
        write(1, 3);

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> payloads.write(new TermIndex(1, 4), new byte[100]))
                .withMessageContaining("raft index 4");
        assertThat(payloads.last()).isEqualTo(new TermIndex(1, 3));
        assertThat(ends.take(4)).isEqualTo(EntryEnds.UNKNOWN);
    }

    @Test
    void takesNothingMoreAfterAForceHasFailed() throws Exception {
        write(1, 3);
        memory.disk().follow(call -> call.kind() == DiskCall.Kind.FORCE ? Fault.INPUT_OUTPUT : Fault.NONE);
        assertThatExceptionOfType(IOException.class).isThrownBy(payloads::flush);
        memory.disk().follow(call -> Fault.NONE);

        assertThatExceptionOfType(IOException.class).isThrownBy(payloads::flush);
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> write(1, 4));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> payloads.confirm(3));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> payloads.truncate(3));
    }

    @Test
    void aClosedLogIsAnInputOutputError() throws Exception {
        Log log = new MemoryLog().open();
        PartitionPayloads closed = new PartitionPayloads(log, ends, new ProducerTable());
        log.close();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> closed.read(0));
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> closed.termOf(0));
    }
}
