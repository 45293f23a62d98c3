package io.flotilla.client;

import io.flotilla.v1.ErrorCode;
import java.util.function.LongSupplier;

/**
 * Where a client counts what it does. This one counts nothing and costs nothing; {@link MicrometerMeters} does. Told on any
 * thread.
 */
public class ClientMeters {
    /** Counts nothing. */
    public static final ClientMeters NONE = new ClientMeters();

    ClientMeters() {}

    // ---- producers

    /** A producer begins; {@code bufferedBytes} may be asked on any thread until {@link #producerClosed}. */
    void producerOpened(String topic, LongSupplier bufferedBytes) {}

    void producerClosed(String topic, LongSupplier bufferedBytes) {}

    /** A batch is sent for the first time, so long after its first record came. */
    void sent(String topic, long queuedNanos) {}

    /** A batch is written, so long after the attempt that succeeded was sent. */
    void acknowledged(String topic, int records, int bytes, long latencyNanos) {}

    /** A batch was refused, or its outcome is not known, and it is sent again. */
    void retried(String topic, ErrorCode why) {}

    /** Records were given up. */
    void failed(String topic, int records, ErrorCode why) {}

    // ---- members of groups

    /** The member has the partition. */
    void gained(String group, Tenure tenure) {}

    void lost(String group, Tenure tenure) {}

    /** The application has taken a delivery. */
    void taken(String group, Delivery delivery) {}

    /** The application has acked a delivery, so long after it took it. */
    void processed(String group, Delivery delivery, long nanos) {}

    /** A handler has returned, or thrown. */
    void handled(String group, String topic, long nanos) {}

    /** A request with positions is committed. */
    void committed(String group) {}

    void commitRefused(String group, ErrorCode why) {}

    // ---- connections

    /** A call other than a stream is over, with all its attempts; UNSPECIFIED if it succeeded. */
    void called(String method, ErrorCode outcome, long nanos) {}

    /** A stream has ended in other ways than the client wanted. */
    void streamEnded(String kind, ErrorCode why) {}
}
