package io.flotilla.log.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The content of a file: as it is read now, as it is durable, and every state that a sector of 512 bytes, or the size, went
 * through since it was last durable. A power loss leaves each sector in any of these states, or torn between two, and the
 * size in any of its states, all independently of each other.
 */
final class FakeFile implements FakeNode {
    static final int SECTOR_BYTES = 512;
    private static final int ONE_IN_TORN = 8;

    private byte[] live = {};
    private byte[] durable = {};
    private final TreeMap<Integer, List<byte[]>> unforced = new TreeMap<>(); // states per sector, oldest first
    private final TreeMap<Integer, List<byte[]>> lost = new TreeMap<>(); // the same, clean after a failed force
    private final List<Integer> unforcedSizes = new ArrayList<>();

    int size() {
        return live.length;
    }

    byte[] content() {
        return live.clone();
    }

    int read(long position, byte[] into, int from, int length) {
        if (position >= live.length) {
            return 0;
        }
        int count = (int) Math.min(length, live.length - position);
        System.arraycopy(live, (int) position, into, from, count);
        return count;
    }

    void write(int position, byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        if (position + bytes.length > live.length) {
            resize(position + bytes.length);
        }
        System.arraycopy(bytes, 0, live, position, bytes.length);
        touch(position, position + bytes.length);
    }

    void truncate(int size) {
        if (size < live.length) {
            int old = live.length;
            resize(size);
            touch(size, old);
        }
    }

    void force() {
        byte[] forced = Arrays.copyOf(durable, unforcedSizes.isEmpty() ? durable.length : live.length);
        for (int sector : unforced.keySet()) {
            put(sectorOf(live, sector), forced, sector);
            lost.remove(sector);
        }
        durable = forced;
        unforced.clear();
        unforcedSizes.clear();
    }

    /** What was dirty counts as clean, and may be on disk or not. Only the size is tried again. */
    void failForce() {
        unforced.forEach((sector, states) ->
                lost.computeIfAbsent(sector, s -> new ArrayList<>()).addAll(states));
        unforced.clear();
    }

    /** Makes something else of the content, durably, as a bad disk would. */
    void damage(byte[] content) {
        live = content.clone();
        durable = content.clone();
        unforced.clear();
        unforcedSizes.clear();
        lost.clear();
    }

    boolean isDurable() {
        return unforced.isEmpty() && unforcedSizes.isEmpty() && lost.isEmpty();
    }

    @Override
    public FakeFile copy() {
        FakeFile copy = new FakeFile();
        copy.live = live.clone();
        copy.durable = durable.clone();
        unforced.forEach((sector, states) -> copy.unforced.put(sector, new ArrayList<>(states)));
        lost.forEach((sector, states) -> copy.lost.put(sector, new ArrayList<>(states)));
        copy.unforcedSizes.addAll(unforcedSizes);
        return copy;
    }

    @Override
    public FakeFile afterPowerLoss(RandomGenerator random) {
        List<Integer> sizes = new ArrayList<>(List.of(durable.length));
        sizes.addAll(unforcedSizes);
        byte[] left = Arrays.copyOf(durable, sizes.get(random.nextInt(sizes.size())));

        Map<Integer, List<byte[]>> states = new TreeMap<>();
        lost.forEach((sector, more) -> states.put(sector, new ArrayList<>(more)));
        unforced.forEach((sector, more) ->
                states.computeIfAbsent(sector, s -> new ArrayList<>()).addAll(more));
        states.forEach((sector, since) -> put(survivor(sector, since, random), left, sector));

        FakeFile after = new FakeFile();
        after.damage(left);
        return after;
    }

    private byte[] survivor(int sector, List<byte[]> since, RandomGenerator random) {
        int chosen = random.nextInt(since.size() + 1);
        byte[] before = chosen < 2 ? sectorOf(durable, sector) : since.get(chosen - 2);
        if (chosen == 0) {
            return before;
        }
        byte[] state = since.get(chosen - 1);
        if (random.nextInt(ONE_IN_TORN) > 0) {
            return state;
        }
        byte[] torn = before.clone();
        System.arraycopy(state, 0, torn, 0, random.nextInt(SECTOR_BYTES));
        return torn;
    }

    private void resize(int size) {
        live = Arrays.copyOf(live, size);
        unforcedSizes.add(size);
    }

    private void touch(int from, int to) {
        for (int sector = from / SECTOR_BYTES; sector <= (to - 1) / SECTOR_BYTES; sector++) {
            unforced.computeIfAbsent(sector, s -> new ArrayList<>()).add(sectorOf(live, sector));
        }
    }

    private static byte[] sectorOf(byte[] content, int sector) {
        int from = Math.min(content.length, sector * SECTOR_BYTES);
        int to = Math.min(content.length, from + SECTOR_BYTES);
        return Arrays.copyOf(Arrays.copyOfRange(content, from, to), SECTOR_BYTES);
    }

    private static void put(byte[] state, byte[] content, int sector) {
        int from = sector * SECTOR_BYTES;
        if (from < content.length) {
            System.arraycopy(state, 0, content, from, Math.min(SECTOR_BYTES, content.length - from));
        }
    }
}
