package io.flotilla.broker.grpc;

import io.flotilla.metadata.config.TopicConfigKey;

/**
 * What this broker takes over gRPC.
 *
 * @param maxRequestBytes largest message
 * @param maxBatchBytes largest batch any topic can allow
 * @param minKeepaliveMs clients that ping more often are cut off
 */
record GrpcLimits(int maxRequestBytes, int maxBatchBytes, int minKeepaliveMs) {
    static final GrpcLimits DEFAULT = new GrpcLimits((8 << 20) + (64 << 10), 4 << 20, 5_000);

    static {
        long most = Long.parseLong(TopicConfigKey.MAX_MESSAGE_BYTES.defaultValue());
        if (most > DEFAULT.maxBatchBytes()) {
            throw new AssertionError("the default of max.message.bytes is more than any topic can allow");
        }
    }
}
