package io.flotilla.log.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A file behind a {@link FileChannel}, which closes itself when the thread that uses it is interrupted. A read survives
 * that: the file is opened again and the interrupt is kept for the caller. A write or a force does not: after an
 * interrupted force nobody knows what is durable.
 */
final class NioDiskFile implements DiskFile {
    private final Path path;
    private final Set<? extends OpenOption> options;
    private final StagingBuffers buffers;
    private FileChannel channel;

    /** @param options to open the file with, now that it exists */
    NioDiskFile(Path path, FileChannel channel, Set<? extends OpenOption> options, StagingBuffers buffers) {
        this.path = path;
        this.channel = channel;
        this.options = options;
        this.buffers = buffers;
    }

    @Override
    public long size() throws IOException {
        return shielded(FileChannel::size);
    }

    @Override
    public int read(long position, byte[] into, int from, int length) throws IOException {
        ByteBuffer staging = buffers.take();
        try {
            int done = 0;
            while (done < length) {
                long at = position + done;
                int wanted = Math.min(staging.capacity(), length - done);
                // An interrupted read may have moved the buffer's position, so each attempt starts with a clear one.
                long count = shielded(open -> open.read(staging.clear().limit(wanted), at));
                if (count < 0) {
                    break;
                }
                staging.flip().get(into, from + done, (int) count);
                done += (int) count;
            }
            return done;
        } finally {
            buffers.give(staging);
        }
    }

    @Override
    public void write(long position, List<ByteBuffer> sources) throws IOException {
        ByteBuffer staging = buffers.take();
        try {
            long at = position;
            for (ByteBuffer source : sources) {
                while (source.hasRemaining()) {
                    move(source, staging);
                    if (!staging.hasRemaining()) {
                        at += drain(staging, at);
                    }
                }
            }
            drain(staging, at);
        } finally {
            buffers.give(staging);
        }
    }

    @Override
    public void force() throws IOException {
        // Without the file's times; a changed size is forced all the same, because the bytes cannot be read without it.
        channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private interface ChannelCall {
        long on(FileChannel open) throws IOException;
    }

    private long shielded(ChannelCall call) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return call.on(channel);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    channel = FileChannel.open(path, options);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void move(ByteBuffer source, ByteBuffer staging) {
        int count = Math.min(source.remaining(), staging.remaining());
        staging.put(staging.position(), source, source.position(), count);
        staging.position(staging.position() + count);
        source.position(source.position() + count);
    }

    private int drain(ByteBuffer staging, long at) throws IOException {
        staging.flip();
        int count = staging.remaining();
        while (staging.hasRemaining()) {
            channel.write(staging, at + staging.position());
        }
        staging.clear();
        return count;
    }
}
