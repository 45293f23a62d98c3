package io.flotilla.raft.ratis;

import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    /** @param groupDirectory the directory Ratis keeps for the group */
    RaftLogFiles(Path groupDirectory) {
        this.current = groupDirectory.resolve("current");
    }

    boolean exist() {
        return Files.isDirectory(current);
    }

    /** One log file. {@code lastIndex} is what its name says, or -1 while it is open. */
    private record LogFile(Path path, long firstIndex, long lastIndex) {
        boolean open() {
            return lastIndex < 0;
        }
    }

    /**
     * Cuts the torn tail and returns the entries above {@code storedIndex}.
     *
     * @throws UntrustedLogException if an entry at or below {@code storedIndex} is missing or damaged, or the vote is
     */
    List<RaftLogEntry> mend(long storedIndex) throws IOException, UntrustedLogException {
        List<LogFile> files = list();
        dropOverlaps(files);
        List<RaftLogEntry> tail = new ArrayList<>();
        long next = files.isEmpty() ? 0 : files.get(0).firstIndex();
        for (LogFile file : files) {
            if (file.firstIndex() != next) {
                throw new UntrustedLogException(
                        "%s: entries %d to %d are missing".formatted(current, next, file.firstIndex() - 1));
            }
            if (!file.open() && file.lastIndex() <= storedIndex) {
                next = file.lastIndex() + 1; // Ratis checks every entry when it loads the file
                continue;
            }
            RaftLogReader reader = new RaftLogReader(file.path(), file.firstIndex());
            for (RaftLogEntry entry; (entry = reader.next()) != null; ) {
                if (entry.at().index() > storedIndex) {
                    tail.add(entry);
                }
            }
            next = reader.nextIndex();
            if (!file.open() && next != file.lastIndex() + 1) {
                throw new UntrustedLogException("%s: entry %d is damaged".formatted(file.path(), next));
            }
            if (file.open()) {
                endOpenFile(file, reader, storedIndex);
            }
        }
        if (next <= storedIndex) {
            throw new UntrustedLogException("%s ends at entry %d, but entries up to %d were stored here"
                    .formatted(current, next - 1, storedIndex));
        }
        checkVote(next > 0, tail);
        return tail;
    }

    /** Removes the entry at {@code index} and all after it. */
    void cutFrom(long index) throws IOException {
        List<LogFile> files = list();
        for (int i = files.size() - 1; i >= 0 && files.get(i).firstIndex() >= index; i--) {
            log.info(
                    "deleting raft log file, nothing in it is kept file={}",
                    files.get(i).path());
            Files.delete(files.get(i).path());
            files.remove(i);
        }
        DirectoryForce.parentOf(current.resolve("x"));
        if (files.isEmpty()) {
            return;
        }
        LogFile last = files.get(files.size() - 1);
        if (!last.open() && last.lastIndex() < index) {
            return;
        }
        RaftLogReader reader = new RaftLogReader(last.path(), last.firstIndex());
        while (reader.nextIndex() < index && reader.next() != null) {
            // up to the cut
        }
        cut(last.path(), reader.position());
        if (!last.open()) {
            Path renamed = current.resolve("log_%d-%d".formatted(last.firstIndex(), index - 1));
            Files.move(last.path(), renamed);
            DirectoryForce.parentOf(renamed);
        }
    }

    private void endOpenFile(LogFile file, RaftLogReader reader, long storedIndex) throws IOException {
        if (reader.nextIndex() == file.firstIndex() && reader.nextIndex() > storedIndex) {
            log.info("deleting raft log file without entries file={}", file.path());
            Files.delete(file.path());
            DirectoryForce.parentOf(file.path());
        } else if (!reader.endedCleanly()) {
            log.info(
                    "cutting torn tail of raft log file={} position={} lastIndex={}",
                    file.path(),
                    reader.position(),
                    reader.nextIndex() - 1);
            cut(file.path(), reader.position());
        }
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
                RaftLogReader reader = new RaftLogReader(file.path(), file.firstIndex());
                while (reader.nextIndex() < limit && reader.next() != null) {
                    // up to the next file
                }
                log.info("closing raft log file at entry {} file={}", reader.nextIndex() - 1, file.path());
                cut(file.path(), reader.position());
                if (reader.nextIndex() == file.firstIndex()) {
                    Files.delete(file.path());
                    DirectoryForce.parentOf(file.path());
                    files.remove(i);
                    continue;
                }
                Path closed = current.resolve("log_%d-%d".formatted(file.firstIndex(), reader.nextIndex() - 1));
                Files.move(file.path(), closed);
                DirectoryForce.parentOf(closed);
                files.set(i, new LogFile(closed, file.firstIndex(), reader.nextIndex() - 1));
            }
        }
    }

    /** Term and vote must be there, and no older than the log, or this member could vote twice in a term. */
    private void checkVote(boolean hasEntries, List<RaftLogEntry> tail) throws IOException, UntrustedLogException {
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
        long lastTerm = tail.isEmpty() ? 0 : tail.get(tail.size() - 1).at().term();
        if (term < lastTerm || properties.getProperty("votedFor") == null) {
            throw new UntrustedLogException(
                    "%s says term %d, but the log has an entry of term %d".formatted(file, term, lastTerm));
        }
    }

    private List<LogFile> list() throws IOException {
        List<LogFile> files = new ArrayList<>();
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
