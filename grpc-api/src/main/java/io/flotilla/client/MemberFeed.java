package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.InboundMemberEvent;
import java.time.Duration;

/**
 * How records come into a member's queue, and how what it acks becomes the group's position. All is called on the loop,
 * and owned by it.
 */
interface MemberFeed {
    /** What a feed needs of its member. */
    interface Member {
        /** On the present stream; dropped if there is none. */
        void send(SubscribeRequest.Builder request);

        /** The application neither acks nor says that it works: others are to have the partitions. */
        void timedOut();

        /** The membership cannot go on. */
        void failed(FlotillaException why);
    }

    DeliveryMode mode();

    /** Another stream takes the place of the last one. */
    void connecting();

    /** Records have come on the member's stream. Throws {@link FormatException} if they are damaged. */
    default void delivery(InboundMemberEvent.Delivery delivery) {}

    default void assigned(SubscribeResponse.Assignment assignment) {}

    /** A partition is to be given up, and is taken when {@code grace} is over. */
    void revoked(TopicPartition partition, Duration grace);

    default void committed(SubscribeResponse.Committed committed) {}

    /** The group was paused, or goes on. */
    default void paused(boolean now) {}

    /** The broker could not do something that concerns this partition. */
    default void problem(TopicPartition partition, FlotillaException error) {}

    /** Others may have the partitions now. */
    void expelled();

    /** The application is still at work on what it has. */
    void progress();

    /** Hands out no more, and runs {@code then} when what was acked is on its way for good. */
    void finish(Runnable then);

    /** Stops at once. */
    void close();
}
