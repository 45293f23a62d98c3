package io.flotilla.metadata.quorum;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.metadata.v1.quorum.CopyImageRequest;
import io.flotilla.metadata.v1.quorum.CopyImageResponse;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a member of the metadata group, which is stopped on this node, to take over the leader's last snapshot.
 *
 * <p>What a snapshot holds is committed. A member that has the snapshot's last entry in its Raft log has everything before it
 * too, and nothing is done. One that has not is not among those that made it committed: what its Raft log holds counts for
 * nobody, so the snapshot takes its place, and the Raft log begins behind it. Term and vote stay.
 *
 * <p>The steps run one after another on the pool.
 */
public final class SnapshotCopy {
    private static final Logger log = LoggerFactory.getLogger(SnapshotCopy.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

    private final GroupId group;
    private final List<Peer> others;
    private final SnapshotFile file;
    private final MetadataStateMachine machine;
    private final RaftNode raft;
    private final Files files;
    private final Executor pool;

    /** The member's other files. */
    public interface Files {
        /** From now on the Raft log and the snapshot may not fit together until {@link SnapshotCopy#run} has ended well. */
        void begins() throws IOException;

        /** Everything up to {@code index} counts as stored. */
        void stored(long index) throws IOException, UntrustedLogException;
    }

    /** @param others who may lead */
    public SnapshotCopy(
            GroupId group,
            List<Peer> others,
            SnapshotFile file,
            MetadataStateMachine machine,
            RaftNode raft,
            Files files,
            Executor pool) {
        this.group = group;
        this.others = List.copyOf(others);
        this.file = file;
        this.machine = machine;
        this.raft = raft;
        this.files = files;
        this.pool = pool;
    }

    /**
     * Completes when the leader's snapshot is here, or was not needed.
     *
     * @param begun whether an earlier attempt may have ended half-way; that one is finished first,
     *     without any leader
     */
    public CompletableFuture<Void> run(boolean begun) {
        try {
            if (begun) {
                machine.recover();
                beginBehind(machine.last());
            }
        } catch (IOException | UntrustedLogException e) {
            return CompletableFuture.failedFuture(e);
        }
        return fetch(0, new ArrayList<>()).thenAcceptAsync(this::take, pool);
    }

    private CompletableFuture<byte[]> fetch(int next, List<String> problems) {
        if (next == others.size()) {
            return CompletableFuture.failedFuture(new IOException("no leader was found: " + problems));
        }
        Peer peer = others.get(next);
        return part(peer, new ByteArrayOutputStream()).exceptionallyCompose(error -> {
            problems.add(String.valueOf(error.getMessage()));
            return fetch(next + 1, problems);
        });
    }

    private CompletableFuture<byte[]> part(Peer peer, ByteArrayOutputStream soFar) {
        CopyImageRequest request =
                CopyImageRequest.newBuilder().setPosition(soFar.size()).build();
        PeerCalls calls = raft.calls();
        return calls.call(peer, SnapshotSource.COPY, request.toByteArray(), ANSWER_WITHIN)
                .thenCompose(answer -> {
                    CopyImageResponse response = parse(answer);
                    if (!response.getLeads()) {
                        throw new CompletionException(new IOException(peer + " does not lead"));
                    }
                    soFar.writeBytes(response.getPart().toByteArray());
                    return soFar.size() < response.getSize()
                                    && !response.getPart().isEmpty()
                            ? part(peer, soFar)
                            : CompletableFuture.completedFuture(soFar.toByteArray());
                });
    }

    private static CopyImageResponse parse(byte[] answer) {
        try {
            return CopyImageResponse.parseFrom(answer);
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException(e);
        }
    }

    private void take(byte[] bytes) {
        try {
            Snapshot theirs = bytes.length == 0 ? Snapshot.NONE : Snapshot.decode(bytes);
            if (theirs.at().index() > machine.last().index() && !has(theirs.at())) {
                files.begins();
                file.write(theirs);
                machine.recover();
                beginBehind(theirs.at());
                log.info(
                        "the leader's metadata snapshot was taken over index={}",
                        theirs.at().index());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UntrustedLogException e) {
            throw new CompletionException(e); // replaced while it was copied, perhaps
        }
    }

    private boolean has(TermIndex entry) throws IOException {
        OptionalLong term = raft.termOf(group, entry.index());
        return term.isPresent() && term.getAsLong() == entry.term();
    }

    private void beginBehind(TermIndex at) throws IOException, UntrustedLogException {
        if (!at.equals(TermIndex.NONE)) {
            raft.beginBehind(group, at);
            files.stored(at.index());
        }
    }
}
