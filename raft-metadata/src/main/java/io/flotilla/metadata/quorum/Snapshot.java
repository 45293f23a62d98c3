package io.flotilla.metadata.quorum;

import io.flotilla.metadata.MetadataCodec;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.UnreadableMetadataException;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The metadata as of one entry.
 *
 * <pre>
 *   at  width  field           (big endian)
 *    0      4  magic           "FLMS"
 *    4      4  crc32c          over everything behind it
 *    8      8  term
 *   16      8  raftIndex
 *   24         image           protobuf, flotilla.metadata.v1.Image
 * </pre>
 *
 * @param at the last entry that is in the image
 */
record Snapshot(TermIndex at, MetadataImage image) {
    static final Snapshot NONE = new Snapshot(TermIndex.NONE, MetadataImage.EMPTY);

    private static final int MAGIC = 0x464c4d53;
    private static final int CRC_AT = Integer.BYTES;
    private static final int TERM_AT = CRC_AT + Integer.BYTES;
    private static final int IMAGE_AT = TERM_AT + 2 * Long.BYTES;

    byte[] encode() {
        byte[] encoded = MetadataCodec.encode(image);
        ByteBuffer bytes = ByteBuffer.allocate(IMAGE_AT + encoded.length)
                .putInt(MAGIC)
                .putInt(0)
                .putLong(at.term())
                .putLong(at.index())
                .put(encoded);
        return bytes.putInt(CRC_AT, crc(bytes.array())).array();
    }

    /** @throws UntrustedLogException if these bytes are not what was encoded */
    static Snapshot decode(byte[] bytes) throws UntrustedLogException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < IMAGE_AT || buffer.getInt() != MAGIC || buffer.getInt() != crc(bytes)) {
            throw new UntrustedLogException("a metadata snapshot of %d bytes is damaged".formatted(bytes.length));
        }
        TermIndex at = new TermIndex(buffer.getLong(), buffer.getLong());
        byte[] image = new byte[buffer.remaining()];
        buffer.get(image);
        try {
            return new Snapshot(at, MetadataCodec.decodeImage(image));
        } catch (UnreadableMetadataException e) {
            throw new UntrustedLogException("a metadata snapshot cannot be read: " + e.getMessage());
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, TERM_AT, bytes.length - TERM_AT);
        return (int) crc.getValue();
    }
}
