package io.flotilla.record;

import com.github.luben.zstd.Zstd;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.xerial.snappy.SnappyFramedInputStream;
import org.xerial.snappy.SnappyFramedOutputStream;

/**
 * Compresses and decompresses whole payloads in the formats that {@code common.proto} names. Decompression is bounded:
 * it never produces, nor makes room for, more than the declared size plus a block of the codec. Stateless.
 */
public enum PayloadCodec {
    NONE(Compression.COMPRESSION_NONE) {
        @Override
        OutputStream compressing(OutputStream out) {
            return out;
        }

        @Override
        InputStream decompressing(InputStream in) {
            return in;
        }
    },
    GZIP(Compression.COMPRESSION_GZIP) {
        @Override
        OutputStream compressing(OutputStream out) throws IOException {
            return new GZIPOutputStream(out);
        }

        @Override
        InputStream decompressing(InputStream in) throws IOException {
            return new GZIPInputStream(in);
        }
    },
    SNAPPY(Compression.COMPRESSION_SNAPPY) {
        @Override
        OutputStream compressing(OutputStream out) throws IOException {
            return new SnappyFramedOutputStream(out);
        }

        @Override
        InputStream decompressing(InputStream in) throws IOException {
            return new SnappyFramedInputStream(in);
        }
    },
    LZ4(Compression.COMPRESSION_LZ4) {
        @Override
        OutputStream compressing(OutputStream out) throws IOException {
            return new LZ4FrameOutputStream(out, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB);
        }

        @Override
        InputStream decompressing(InputStream in) throws IOException {
            return new LZ4FrameInputStream(in);
        }
    },
    ZSTD(Compression.COMPRESSION_ZSTD) {
        @Override
        OutputStream compressing(OutputStream out) {
            throw new UnsupportedOperationException("zstd compresses whole arrays");
        }

        @Override
        InputStream decompressing(InputStream in) {
            throw new UnsupportedOperationException("zstd decompresses whole arrays");
        }

        @Override
        public byte[] compress(byte[] bytes, int position, int length) {
            byte[] target = new byte[Math.toIntExact(Zstd.compressBound(length))];
            long size = Zstd.compressByteArray(
                    target, 0, target.length, bytes, position, length, Zstd.defaultCompressionLevel());
            if (Zstd.isError(size)) {
                throw new IllegalStateException("zstd cannot compress: " + Zstd.getErrorName(size));
            }
            return Arrays.copyOf(target, (int) size);
        }

        @Override
        int decompressInto(byte[] target, byte[] bytes, int position, int length) throws IOException {
            long size = Zstd.decompressByteArray(target, 0, target.length, bytes, position, length);
            if (Zstd.isError(size)) {
                throw new IOException(Zstd.getErrorName(size));
            }
            return (int) size;
        }
    };

    /** Most bytes a payload may have when decompressed. */
    public static final int MAX_UNCOMPRESSED_BYTES = 64 << 20;

    private final Compression compression;

    PayloadCodec(Compression compression) {
        this.compression = compression;
    }

    /**
     * The codec with this name.
     *
     * @throws FormatException UNSUPPORTED_COMPRESSION if this release does not know it
     */
    public static PayloadCodec of(Compression compression) {
        return switch (compression) {
            case COMPRESSION_UNSPECIFIED, COMPRESSION_NONE -> NONE;
            case COMPRESSION_GZIP -> GZIP;
            case COMPRESSION_SNAPPY -> SNAPPY;
            case COMPRESSION_LZ4 -> LZ4;
            case COMPRESSION_ZSTD -> ZSTD;
            case UNRECOGNIZED ->
                throw new FormatException(
                        ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION, "compression codec is not known to this release");
        };
    }

    public Compression compression() {
        return compression;
    }

    /** The compressed form of {@code bytes[position, position + length)}. */
    public byte[] compress(byte[] bytes, int position, int length) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(length / 2 + 64);
        try (OutputStream out = compressing(target)) {
            out.write(bytes, position, length);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return target.toByteArray();
    }

    /**
     * The original of {@code bytes[position, position + length)}.
     *
     * @param uncompressedBytes its exact size, 0 to {@link #MAX_UNCOMPRESSED_BYTES}
     * @throws FormatException INVALID_BATCH if the input is damaged or its original has another size
     */
    public byte[] decompress(byte[] bytes, int position, int length, int uncompressedBytes) {
        if (uncompressedBytes < 0 || uncompressedBytes > MAX_UNCOMPRESSED_BYTES) {
            throw invalid(
                    "uncompressed_bytes is %d; must be 0 to %d".formatted(uncompressedBytes, MAX_UNCOMPRESSED_BYTES));
        }
        byte[] target = new byte[uncompressedBytes];
        int size;
        try {
            size = decompressInto(target, bytes, position, length);
        } catch (IOException | RuntimeException e) { // the libraries report damage either way
            throw invalid("%s payload of %d bytes cannot be decompressed: %s".formatted(this, length, e.getMessage()));
        }
        if (size != uncompressedBytes) {
            throw invalid(
                    "payload has %d bytes when decompressed, not %d as declared".formatted(size, uncompressedBytes));
        }
        return target;
    }

    /** Fills {@code target}; returns how much it got, or more than its length if there was more. */
    int decompressInto(byte[] target, byte[] bytes, int position, int length) throws IOException {
        try (InputStream in = decompressing(new ByteArrayInputStream(bytes, position, length))) {
            int size = in.readNBytes(target, 0, target.length);
            return size == target.length && in.read() >= 0 ? size + 1 : size;
        }
    }

    abstract OutputStream compressing(OutputStream out) throws IOException;

    abstract InputStream decompressing(InputStream in) throws IOException;

    private static FormatException invalid(String message) {
        return new FormatException(ErrorCode.ERROR_CODE_INVALID_BATCH, message);
    }
}
