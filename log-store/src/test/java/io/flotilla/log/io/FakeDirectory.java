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
 * subset of these changes, in order; a rename is applied as a whole or not at all.
 */
final class FakeDirectory implements FakeNode {
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
                change.applyTo(left);
            }
        }
        FakeDirectory after = new FakeDirectory();
        left.forEach((name, node) -> after.live.put(name, node.afterPowerLoss(random)));
        after.force();
        return after;
    }

    private void change(Change change) {
        change.applyTo(live);
        unforced.add(change);
    }
}
