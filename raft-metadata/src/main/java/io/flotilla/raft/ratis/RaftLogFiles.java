package io.flotilla.raft.ratis;

import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one group's Raft log, looked at and mended before Ratis opens them. Ratis refuses to start over a half
 * written last entry and, given other settings, silently drops everything after a damaged one; here a torn tail is cut
 * and damage to what counted as stored is reported.
 */
final class RaftLogFiles {
    private static final Logger log = LoggerFactory.getLogger(RaftLogFiles.class);
    private static final Pattern OPEN_NAME = Pattern.compile("log_inprogress_(\\d+)");
    private static final Pattern CLOSED_NAME = Pattern.compile("log_(\\d+)-(\\d+)");

    private final Path current;
    private final Path begin;

    /** @param groupDirectory the directory Ratis keeps for the group */
    RaftLogFiles(Path groupDirectory) {
        this.current = groupDirectory.resolve("current");
        this.begin = groupDirectory.resolveSibling(groupDirectory.getFileName() + ".begin");
    }

    boolean exist() {
        return Files.isDirectory(current);
    }

    /** Whether it was said where the log begins, see {@link #beginBehind}. */
    boolean haveBegun() {
        return Files.exists(begin);
    }

    /** One log file. {@code lastIndex} is what its name says, or -1 while it is open. */
    private record LogFile(Path path, long firstIndex, long lastIndex) {
        boolean open() {
            return lastIndex < 0;
        }
    }

    /**
     * Reads the whole log, finishes what a crash left half done at its end, and returns the entries above {@code
     * storedIndex}. Nothing is changed that may be needed to find out how stored entries were lost.
     *
     * @param keptIndex up to which the log need not have the entries, as their effects are kept; -1 = it must have all
     * @throws UntrustedLogException if an entry at or below {@code storedIndex} that is needed is missing or damaged, or the
     *     vote is
     */
    List<RaftLogEntry> mend(long storedIndex, long keptIndex) throws IOException, UntrustedLogException {
        List<LogFile> files = list();
        dropOverlaps(files);
        List<RaftLogEntry> tail = new ArrayList<>();
        dropForgotten(files, keptIndex);
        dropPurged(files, keptIndex);
        long begin = begin(files, keptIndex);
        long next = begin;
        long lastTerm = 0;
        for (LogFile file : files) {
            if (file.firstIndex() != next) {
                requireAbove(
                        storedIndex, next, "entries from %d to %d are missing".formatted(next, file.firstIndex() - 1));
                delete(file); // a cut was under way, which takes whole files first
                continue;
            }
            RaftLogReader reader = new RaftLogReader(file.path(), file.firstIndex());
            for (RaftLogEntry entry; (entry = reader.next()) != null; ) {
                lastTerm = entry.at().term();
                if (entry.at().index() > storedIndex) {
                    tail.add(entry);
                }
            }
            next = reader.nextIndex();
            boolean cutShort = !file.open() && next <= file.lastIndex();
            if (cutShort && !reader.endedCleanly()) {
                throw new UntrustedLogException("%s: entry %d is damaged".formatted(file.path(), next));
            }
            if (cutShort || !reader.endedCleanly() || reader.isEmpty()) {
                requireAbove(storedIndex, next, "the log ends at entry %d".formatted(next - 1));
                endAt(file, reader);
            }
        }
        requireAbove(storedIndex, next, "the log ends at entry %d".formatted(next - 1));
        checkVote(next > begin, lastTerm);
        return tail;
    }

    /** Finishes what was begun when it was remembered behind which entry the log is to begin. */
    private void dropForgotten(List<LogFile> files, long keptIndex) throws IOException, UntrustedLogException {
        long last = Math.min(beginning().index(), keptIndex);
        while (files.size() > 1 && !files.get(0).open() && files.get(0).lastIndex() <= last) {
            delete(files.remove(0));
        }
    }

    /** Which files were purged shows at once, but perhaps not that all of them were: a gap ends what is left over. */
    private static void dropPurged(List<LogFile> files, long keptIndex) throws IOException {
        for (int i = files.size() - 1; i > 0; i--) {
            boolean follows = files.get(i - 1).lastIndex() + 1 >= files.get(i).firstIndex();
            if (!follows && files.get(i).firstIndex() <= keptIndex + 1) {
                for (LogFile purged : files.subList(0, i)) {
                    delete(purged);
                }
                files.subList(0, i).clear();
                return;
            }
        }
    }

    /** Index of the first entry the log must have. */
    private long begin(List<LogFile> files, long keptIndex) throws IOException, UntrustedLogException {
        long first = files.isEmpty() ? beginning().index() + 1 : files.get(0).firstIndex();
        if (first > keptIndex + 1) {
            throw new UntrustedLogException(
                    "%s: the log begins at entry %d, but the effects of entries are kept only up to %d"
                            .formatted(current, first, keptIndex));
        }
        return first;
    }

    /** The entry behind which the log was last made to begin; {@link TermIndex#NONE} if it never was. */
    TermIndex beginning() throws IOException, UntrustedLogException {
        if (!Files.exists(begin)) {
            return TermIndex.NONE;
        }
        String text = Files.readString(begin).strip();
        String[] words = text.split(" ", -1);
        try {
            return new TermIndex(Long.parseLong(words[0]), Long.parseLong(words[1]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new UntrustedLogException("%s says '%s', which is no term and index".formatted(begin, text), e);
        }
    }

    /** Last index of the last closed file that ends at {@code index} or before; -1 if there is none. */
    long fileEndUpTo(long index) throws IOException {
        long end = -1;
        for (LogFile file : list()) {
            if (!file.open() && file.lastIndex() <= index) {
                end = Math.max(end, file.lastIndex());
            }
        }
        return end;
    }

    /** Index of the oldest entry that is there, certainly: what was purged before will not come back. 0 if there is none. */
    long firstOnDisk() throws IOException {
        List<LogFile> files = list();
        if (files.isEmpty()) {
            return 0;
        }
        DirectoryForce.parentOf(files.get(0).path());
        return files.get(0).firstIndex();
    }

    /** Term of the entry at {@code index}; empty if it is not there. */
    OptionalLong termOf(long index) throws IOException {
        for (LogFile file : list()) {
            if (file.firstIndex() <= index && (file.open() || file.lastIndex() >= index)) {
                RaftLogReader reader = readUpTo(index, file);
                RaftLogEntry entry = reader.nextIndex() == index ? reader.next() : null;
                return entry == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(entry.at().term());
            }
        }
        return OptionalLong.empty();
    }

    /** The same as {@link io.flotilla.raft.RaftNode#beginBehind}. */
    void beginBehind(TermIndex at) throws IOException {
        willBeginBehind(at);
        for (LogFile file : list()) {
            delete(file);
        }
    }

    /** The files up to {@code at}, where one ends, are about to be deleted; durable on return. */
    void willBeginBehind(TermIndex at) throws IOException {
        Path next = begin.resolveSibling(begin.getFileName() + ".next");
        try (FileChannel file = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap("%d %d".formatted(at.term(), at.index()).getBytes(StandardCharsets.US_ASCII)));
            file.force(true);
        }
        Files.move(next, begin, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DirectoryForce.parentOf(begin);
    }

    /** For a group that begins anew, or not at all. */
    void forgetBeginning() throws IOException {
        if (Files.deleteIfExists(begin)) {
            DirectoryForce.parentOf(begin);
        }
    }

    private void requireAbove(long storedIndex, long next, String found) throws UntrustedLogException {
        if (next <= storedIndex) {
            throw new UntrustedLogException(
                    "%s: %s, but entries up to %d were stored here".formatted(current, found, storedIndex));
        }
    }

    /** Removes the entry at {@code index} and all after it; the log must have been mended. */
    void cutFrom(long index) throws IOException {
        List<LogFile> files = list();
        for (int i = files.size() - 1; i >= 0; i--) {
            LogFile file = files.get(i);
            if (file.firstIndex() >= index) {
                delete(file);
            } else if (file.open() || file.lastIndex() >= index) {
                endAt(file, readUpTo(index, file));
            }
        }
    }

    private static RaftLogReader readUpTo(long index, LogFile file) throws IOException {
        RaftLogReader reader = new RaftLogReader(file.path(), file.firstIndex());
        while (reader.nextIndex() < index && reader.next() != null) {
            // up to the entry before
        }
        return reader;
    }

    /** Drops what comes after the last entry that was read; a file whose name says where it ends gets the right name. */
    private void endAt(LogFile file, RaftLogReader reader) throws IOException {
        if (reader.isEmpty()) {
            delete(file);
            return;
        }
        log.info(
                "cutting raft log file={} position={} lastIndex={}",
                file.path(),
                reader.position(),
                reader.nextIndex() - 1);
        cut(file.path(), reader.position());
        if (!file.open()) {
            rename(file, reader.nextIndex() - 1);
        }
    }

    private LogFile rename(LogFile file, long lastIndex) throws IOException {
        Path closed = current.resolve("log_%d-%d".formatted(file.firstIndex(), lastIndex));
        if (!closed.equals(file.path())) {
            Files.move(file.path(), closed);
            DirectoryForce.parentOf(closed);
        }
        return new LogFile(closed, file.firstIndex(), lastIndex);
    }

    private static void delete(LogFile file) throws IOException {
        log.info("deleting raft log file, nothing in it is kept file={}", file.path());
        Files.delete(file.path());
        DirectoryForce.parentOf(file.path());
    }

    private static void cut(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.force(true);
        }
    }

    /**
     * A cut that was under way when the power went may leave a file with its old name and length beside the one that
     * took its place; the later file is the newer truth from its first entry on.
     */
    private void dropOverlaps(List<LogFile> files) throws IOException {
        for (int i = files.size() - 2; i >= 0; i--) {
            LogFile file = files.get(i);
            long limit = files.get(i + 1).firstIndex();
            if (file.open() || file.lastIndex() >= limit) {
                RaftLogReader reader = readUpTo(limit, file);
                if (file.firstIndex() == limit) {
                    delete(file);
                    files.remove(i);
                } else if (reader.nextIndex() == limit) {
                    log.info("closing raft log file={} lastIndex={}", file.path(), limit - 1);
                    cut(file.path(), reader.position());
                    files.set(i, rename(file, limit - 1));
                }
            }
        }
    }

    /** Term and vote must be there, and no older than the log, or this member could vote twice in a term. */
    private void checkVote(boolean hasEntries, long lastTerm) throws IOException, UntrustedLogException {
        Path file = current.resolve("raft-meta");
        if (!Files.exists(file)) {
            if (hasEntries) {
                throw new UntrustedLogException("%s, with this member's term and vote, is missing".formatted(file));
            }
            return;
        }
        Properties properties = new Properties();
        long term;
        try {
            properties.load(new StringReader(Files.readString(file)));
            term = Long.parseLong(properties.getProperty("term", ""));
        } catch (IllegalArgumentException e) {
            throw new UntrustedLogException("%s, with this member's term and vote, is damaged".formatted(file), e);
        }
        if (properties.getProperty("votedFor") == null) {
            throw new UntrustedLogException("%s does not say whom this member voted for".formatted(file));
        }
        if (term < lastTerm) {
            throw new UntrustedLogException(
                    "%s says term %d, but the log has an entry of term %d".formatted(file, term, lastTerm));
        }
    }

    private List<LogFile> list() throws IOException {
        List<LogFile> files = new ArrayList<>();
        if (!exist()) {
            return files;
        }
        try (Stream<Path> names = Files.list(current)) {
            for (Path path : (Iterable<Path>) names::iterator) {
                String name = String.valueOf(path.getFileName());
                Matcher open = OPEN_NAME.matcher(name);
                Matcher closed = CLOSED_NAME.matcher(name);
                if (open.matches()) {
                    files.add(new LogFile(path, Long.parseLong(open.group(1)), -1));
                } else if (closed.matches()) {
                    files.add(new LogFile(path, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2))));
                }
            }
        }
        files.sort(Comparator.comparingLong(LogFile::firstIndex).thenComparing(LogFile::open));
        return files;
    }

    /** What a group's Raft log says of one entry. */
    record RaftLogEntry(TermIndex at, boolean hasPayload) {}
}
