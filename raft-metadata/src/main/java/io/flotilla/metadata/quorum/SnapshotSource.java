package io.flotilla.metadata.quorum;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.metadata.v1.quorum.CopyImageRequest;
import io.flotilla.metadata.v1.quorum.CopyImageResponse;
import io.flotilla.raft.PeerCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** Gives the last snapshot to members that are behind it. Reads the file on the pool; keeps no state. */
public final class SnapshotSource {
    static final String COPY = "metadata.copy";

    private static final int MOST_BYTES = 1 << 20;

    private final SnapshotFile file;
    private final BooleanSupplier leads;

    /** @param leads whether this node leads the metadata group */
    public SnapshotSource(PeerCalls calls, SnapshotFile file, BooleanSupplier leads, Executor pool) {
        this.file = file;
        this.leads = leads;
        calls.handle(COPY, request -> CompletableFuture.supplyAsync(() -> answer(request), pool));
    }

    private byte[] answer(byte[] request) {
        try {
            if (!leads.getAsBoolean()) {
                return new byte[0];
            }
            byte[] bytes = file.bytes();
            int from = (int) Math.min(CopyImageRequest.parseFrom(request).getPosition(), bytes.length);
            return CopyImageResponse.newBuilder()
                    .setLeads(true)
                    .setPart(UnsafeByteOperations.unsafeWrap(bytes, from, Math.min(MOST_BYTES, bytes.length - from)))
                    .setSize(bytes.length)
                    .build()
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
