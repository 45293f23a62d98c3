package io.flotilla.metadata.quorum;

import io.flotilla.metadata.MetadataCodec;
import io.flotilla.metadata.MetadataDelta;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies agreed commands to the image, one after another. Lives as long as the process: when the group is stopped and opened
 * again it goes on from the image it has. Owner: the group's apply thread, and while the group is stopped whoever opens it;
 * others read the image, which is published whole, and the results of recent commands.
 */
public final class MetadataStateMachine implements GroupStateMachine {
    private static final int RESULTS_KEPT = 10_000;

    private final SnapshotFile snapshots;
    private final Supplier<StoredMark> storedMark;
    private final Runnable onBehind;
    private final Runnable onLeadership;
    private final Consumer<Throwable> onFailure;
    private final List<MetadataListener> listeners = new CopyOnWriteArrayList<>();
    private final ConcurrentNavigableMap<Long, MetadataResult> results = new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<Long, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;
    private volatile TermIndex last = TermIndex.NONE;
    private TermIndex kept = TermIndex.NONE;
    private volatile @Nullable Throwable failure;

    /**
     * @param storedMark that of the group as it is open now
     * @param onBehind told when the leader has forgotten what this member lacks; quick
     * @param onLeadership told when the leadership of the group may have changed; quick
     * @param onFailure told when this member has left service
     */
    public MetadataStateMachine(
            SnapshotFile snapshots,
            Supplier<StoredMark> storedMark,
            Runnable onBehind,
            Runnable onLeadership,
            Consumer<Throwable> onFailure) {
        this.snapshots = snapshots;
        this.storedMark = storedMark;
        this.onBehind = onBehind;
        this.onLeadership = onLeadership;
        this.onFailure = onFailure;
    }

    /**
     * Goes on from the snapshot on disk, or from what is known if that is newer, and keeps it: the Raft log may be another one
     * now. To be called before the group is opened.
     *
     * @throws UntrustedLogException if the snapshot is damaged
     */
    public void recover() throws IOException, UntrustedLogException {
        Snapshot kept = snapshots.read();
        if (kept.at().index() > last.index()) {
            last = kept.at();
            publish(image, kept.image());
        } else if (kept.at().index() < last.index()) {
            snapshots.write(new Snapshot(last, image));
        }
    }

    /** The last entry that is in the image. */
    TermIndex last() {
        return last;
    }

    /** As of the last command applied here. */
    public MetadataImage image() {
        return image;
    }

    public void listen(MetadataListener listener) {
        listeners.add(listener);
    }

    /** What became of the command at {@code index}; null if that was long ago. */
    @Nullable
    MetadataResult resultAt(long index) {
        return results.get(index);
    }

    /** Completes once the image here is that of {@code index} or later; fails if this member leaves service before. */
    CompletableFuture<Void> reached(long index) {
        CompletableFuture<Void> future = waiting.computeIfAbsent(index, i -> new CompletableFuture<>());
        release();
        Throwable cause = failure;
        if (cause != null) {
            future.completeExceptionally(cause);
        }
        return future.copy();
    }

    @Override
    public PayloadStore payloads() {
        return PayloadStore.NONE;
    }

    @Override
    public StoredMark storedMark() {
        return storedMark.get();
    }

    @Override
    public TermIndex startsAfter() {
        return last;
    }

    /** The one before may be forgotten: members that are not further behind than that need not take this one over. */
    @Override
    public TermIndex snapshot(int keep) throws IOException {
        snapshots.write(new Snapshot(last, image));
        TermIndex before = kept;
        kept = last;
        return before;
    }

    @Override
    public void behind(TermIndex first) {
        onBehind.run();
    }

    @Override
    public void apply(TermIndex at, byte[] header) {
        MetadataImage before = image;
        MetadataImage now = before.at(at.index());
        MetadataResult result = MetadataCodec.decodeCommand(header).applyTo(now);
        results.put(at.index(), result);
        results.headMap(at.index() - RESULTS_KEPT).clear();
        last = at;
        publish(before, result instanceof MetadataResult.Applied applied ? applied.image() : now);
    }

    @Override
    public void applied(TermIndex at) {
        last = at;
        publish(image, image.at(at.index()));
    }

    private void publish(MetadataImage before, MetadataImage after) {
        image = after;
        if (!listeners.isEmpty()) {
            MetadataDelta delta = MetadataDelta.between(before, after);
            listeners.forEach(listener -> listener.changed(delta));
        }
        release();
    }

    private void release() {
        Map<Long, CompletableFuture<Void>> reached = waiting.headMap(image.version(), true);
        reached.forEach((index, future) -> {
            waiting.remove(index);
            future.complete(null);
        });
    }

    @Override
    public void leadershipChanged() {
        onLeadership.run();
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
        waiting.values().forEach(future -> future.completeExceptionally(cause));
        onFailure.accept(cause);
    }
}
