package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.group.GroupCalls;
import io.flotilla.metadata.Pauses;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What memberships work with.
 *
 * @param topicNames by topic id; empty if this broker knows no such topic
 * @param pauses groups that are paused
 * @param revokeGrace how long a member may take to give a partition up
 */
record MemberParts(
        GroupCalls calls,
        CursorStarts starts,
        PositionCheck positions,
        MemberMeters meters,
        Function<ByteString, Optional<String>> topicNames,
        Supplier<Pauses> pauses,
        Duration revokeGrace,
        ScheduledExecutorService timer,
        LongSupplier nanoClock) {}
