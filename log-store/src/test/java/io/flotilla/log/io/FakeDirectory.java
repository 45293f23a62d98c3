package io.flotilla.log.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory: as they are now, as they are durable, and the changes in between. A power loss applies any
 * subset of these changes, in order; after a rename, the file has its old name, its new one, or both.
 */
final class FakeDirectory implements FakeNode {
    private static final int ONE_RENAME_IN_LEAVES_BOTH_NAMES = 4;

    private final TreeMap<String, FakeNode> live = new TreeMap<>();
    private final TreeMap<String, FakeNode> durable = new TreeMap<>();
    private final List<Change> unforced = new ArrayList<>();

    /** Takes {@code removed} away, and puts {@code node} at {@code added}; either may be missing. */
    private record Change(
            @Nullable String removed,
            @Nullable String added,
            @Nullable FakeNode node) {
        void applyTo(Map<String, FakeNode> entries) {
            if (removed != null) {
                entries.remove(removed);
            }
            if (added != null && node != null) {
                entries.put(added, node);
            }
        }

        Change halfDone() {
            return new Change(null, added, node);
        }

        boolean isRename() {
            return removed != null && added != null;
        }
    }

    List<String> names() {
        return List.copyOf(live.keySet());
    }

    @Nullable
    FakeNode get(String name) {
        return live.get(name);
    }

    void add(String name, FakeNode node) {
        change(new Change(null, name, node));
    }

    void remove(String name) {
        change(new Change(name, null, null));
    }

    void rename(String from, String to) {
        change(new Change(from, to, live.get(from)));
    }

    void force() {
        durable.clear();
        durable.putAll(live);
        unforced.clear();
    }

    boolean isDurable() {
        return unforced.isEmpty();
    }

    @Override
    public FakeDirectory copy() {
        Map<FakeNode, FakeNode> copies = new HashMap<>();
        FakeDirectory copy = new FakeDirectory();
        live.forEach((name, node) -> copy.live.put(name, copies.computeIfAbsent(node, FakeNode::copy)));
        durable.forEach((name, node) -> copy.durable.put(name, copies.computeIfAbsent(node, FakeNode::copy)));
        for (Change change : unforced) {
            FakeNode node = change.node == null ? null : copies.computeIfAbsent(change.node, FakeNode::copy);
            copy.unforced.add(new Change(change.removed, change.added, node));
        }
        return copy;
    }

    @Override
    public FakeDirectory afterPowerLoss(RandomGenerator random) {
        Map<String, FakeNode> left = new TreeMap<>(durable);
        for (Change change : unforced) {
            if (random.nextBoolean()) {
                boolean halfDone = change.isRename() && random.nextInt(ONE_RENAME_IN_LEAVES_BOTH_NAMES) == 0;
                (halfDone ? change.halfDone() : change).applyTo(left);
            }
        }
        Map<FakeNode, FakeNode> survivors = new HashMap<>();
        FakeDirectory after = new FakeDirectory();
        left.forEach(
                (name, node) -> after.live.put(name, survivors.computeIfAbsent(node, n -> n.afterPowerLoss(random))));
        after.force();
        return after;
    }

    private void change(Change change) {
        change.applyTo(live);
        unforced.add(change);
    }
}
