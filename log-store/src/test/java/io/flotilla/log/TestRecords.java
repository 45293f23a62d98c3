package io.flotilla.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The simplest encoding of records: of each, one byte for how far behind the batch's base it is, its key, whether it is a
 * deletion and the length of its value, then the value. A key of 0 is none. */
final class TestRecords implements BatchContents {
    private static final int FIXED_BYTES = 4;

    /** One record; a value of -1 stands for a deletion, other values are the length of what is stored. */
    record Item(long offset, int key, int value) {}

    static byte[] encode(long base, List<Item> items) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Item item : items) {
            body.write((int) (item.offset - base));
            body.write(item.key);
            body.write(item.value < 0 ? 1 : 0);
            body.write(Math.max(0, item.value));
            body.writeBytes(new byte[Math.max(0, item.value)]);
        }
        return body.toByteArray();
    }

    static List<Item> decode(long base, byte[] body) {
        List<Item> items = new ArrayList<>();
        for (int at = 0; at < body.length; at += FIXED_BYTES + (body[at + 3] & 0xff)) {
            int value = body[at + 2] == 1 ? -1 : body[at + 3] & 0xff;
            items.add(new Item(base + (body[at] & 0xff), body[at + 1] & 0xff, value));
        }
        return items;
    }

    @Override
    public boolean visit(byte[] frame, RecordVisitor visitor) {
        for (Item item : items(frame)) {
            visitor.record(item.offset, key(item), item.value < 0);
        }
        return true;
    }

    private static List<Item> items(byte[] frame) {
        byte[] body = Arrays.copyOfRange(frame, BatchHeader.HEADER_BYTES, frame.length);
        return decode(BatchHeader.read(frame, 0).baseOffset(), body);
    }

    private static @Nullable ByteBuffer key(Item item) {
        return item.key == 0 ? null : ByteBuffer.wrap(new byte[] {(byte) item.key});
    }

    @Override
    public byte[] keeping(byte[] frame, BitSet kept) {
        long base = BatchHeader.read(frame, 0).baseOffset();
        return encode(base, kept.stream().mapToObj(items(frame)::get).toList());
    }

    @Override
    public byte[] none() {
        return new byte[0];
    }
}
