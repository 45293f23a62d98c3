package io.flotilla.broker.partition;

import io.flotilla.broker.producer.ProducerTable;
import io.flotilla.log.AppendResult;
import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.log.StoredEntry;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The partition's log as its Raft group sees it: entries are appended in log order, and the payload of an entry is the
 * frames that go to disk, to followers and to consumers. What the node counts as stored is part of the log's own mark.
 */
final class PartitionPayloads implements PayloadStore, StoredMark {
    private final Log log;
    private final EntryEnds ends;
    private final ProducerTable producers;

    PartitionPayloads(Log log, EntryEnds ends, ProducerTable producers) {
        this.log = log;
        this.ends = ends;
        this.producers = producers;
    }

    @Override
    public TermIndex last() {
        LogEnd end = log.end();
        return end.raftIndex() == LogEnd.NOTHING ? TermIndex.NONE : new TermIndex(end.term(), end.raftIndex());
    }

    @Override
    public OptionalLong termOf(long index) {
        try {
            OptionalInt term = log.termOf(index);
            return term.isPresent() ? OptionalLong.of(term.getAsInt()) : OptionalLong.empty();
        } catch (LogException e) {
            throw new UncheckedIOException(asIo(e));
        }
    }

    /** The last entry with a payload among those that count as stored; {@link TermIndex#NONE} if there was none yet. */
    TermIndex lastStored() {
        try {
            LogEnd end = log.endAt(storedIndex());
            return end.raftIndex() == LogEnd.NOTHING ? TermIndex.NONE : new TermIndex(end.term(), end.raftIndex());
        } catch (LogException e) {
            throw new UncheckedIOException(asIo(e));
        }
    }

    @Override
    public OptionalLong truncatedFrom() {
        return log.truncatedFrom();
    }

    @Override
    public void write(TermIndex at, byte[] payload) {
        try {
            AppendResult appended = log.append(at.index(), at.term(), payload); // which may cut the log first
            ends.written(at.index(), appended.nextOffset());
            producers.truncatedTo(appended.baseOffset());
            producers.written(payload);
        } catch (LogException e) {
            throw new UncheckedIOException(asIo(e));
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            log.flush();
        } catch (LogException e) {
            throw asIo(e);
        }
    }

    /** Also lowers the mark, before anything is cut. */
    @Override
    public void truncate(long index) throws IOException {
        try {
            log.truncateFrom(index);
            ends.truncatedFrom(index);
            producers.truncatedTo(log.logEnd());
        } catch (LogException e) {
            throw asIo(e);
        }
    }

    @Override
    public byte[] read(long index) throws IOException {
        try {
            if (log.readEntry(index) instanceof StoredEntry.Held held) {
                return held.frames().bytes();
            }
            throw new IOException(
                    "entry %d is not in the log, which holds entries up to %d".formatted(index, log.lastRaftIndex()));
        } catch (LogException e) {
            throw asIo(e);
        }
    }

    @Override
    public long storedIndex() {
        return log.storedRaftIndex();
    }

    @Override
    public void confirm(long index) throws IOException {
        try {
            log.confirmStored(index);
        } catch (LogException e) {
            throw asIo(e);
        }
    }

    private static IOException asIo(LogException e) {
        return new IOException(e.getMessage(), e);
    }
}
