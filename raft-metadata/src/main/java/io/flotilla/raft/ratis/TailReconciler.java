package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import io.flotilla.raft.ratis.RaftLogFiles.RaftLogEntry;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a group's Raft log and its payload store end at the same entry, before either is used. A crash can leave them
 * apart in three ways, all of them above what was ever counted as stored:
 *
 * <pre>
 *   payloads    1 2 3 4 5      the header of 5 was not written: cut the payload
 *   raft log    1 2 3 4
 *
 *   payloads    1 2 3          a conflicting tail was being cut, payloads first: cut the headers
 *   raft log    1 2 3 4 5
 *
 *   payloads    1 2 3 4'       the same, and 4' of the new term was written already: cut both
 *   raft log    1 2 3 4
 * </pre>
 *
 * A header whose payload is missing for any other reason means that flushed data is gone, since payloads are forced
 * before headers are written.
 */
final class TailReconciler {
    private static final Logger log = LoggerFactory.getLogger(TailReconciler.class);

    private final String group;
    private final RaftLogFiles files;
    private final GroupStateMachine machine;

    TailReconciler(String group, RaftLogFiles files, GroupStateMachine machine) {
        this.group = group;
        this.files = files;
        this.machine = machine;
    }

    void reconcile() throws IOException, UntrustedLogException {
        long stored = machine.storedMark().storedIndex();
        PayloadStore payloads = machine.payloads();
        if (!files.exist() && !files.haveBegun()) {
            if (stored >= 0 || payloads.last().index() >= 0) {
                throw new UntrustedLogException("the raft log of %s is gone, but entries up to %d were stored here"
                        .formatted(group, Math.max(stored, payloads.last().index())));
            }
            return;
        }
        List<RaftLogEntry> tail = files.mend(stored, machine.startsAfter().index());
        long end = stored;
        for (RaftLogEntry entry : tail) {
            if (entry.hasPayload() && !matches(entry.at(), payloads)) {
                cutBoth(entry.at(), payloads);
                return;
            }
            end = entry.at().index();
        }
        if (payloads.last().index() > end) {
            log.info(
                    "dropping payloads without a header group={} from={} to={}",
                    group,
                    end + 1,
                    payloads.last().index());
            payloads.truncate(end + 1);
        }
    }

    private static boolean matches(TermIndex header, PayloadStore payloads) {
        OptionalLong term = payloads.termOf(header.index());
        return term.isPresent() && term.getAsLong() == header.term();
    }

    private void cutBoth(TermIndex at, PayloadStore payloads) throws IOException, UntrustedLogException {
        OptionalLong cut = payloads.truncatedFrom();
        boolean overwritten = payloads.termOf(at.index()).isPresent();
        if (!overwritten && (cut.isEmpty() || cut.getAsLong() > at.index())) {
            throw new UntrustedLogException(
                    "the payload of entry %d of %s is gone, though it was stored here; payloads end at entry %d"
                            .formatted(at.index(), group, payloads.last().index()));
        }
        log.info("finishing an interrupted truncation group={} from={}", group, at.index());
        payloads.truncate(at.index());
        files.cutFrom(at.index());
    }
}
