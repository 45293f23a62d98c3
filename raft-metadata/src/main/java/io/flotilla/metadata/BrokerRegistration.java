package io.flotilla.metadata;

import io.flotilla.raft.Peer;
import java.util.UUID;

/**
 * What a broker says about itself when it joins.
 *
 * @param id 0 or more; stays the same over restarts
 * @param incarnation one run of the broker's process, chosen at random when it starts
 * @param directoryId its data directory, chosen at random when that is made: an empty disk under the same broker id is
 *     another directory
 * @param rack failure domain, such as {@code eu-1a}; {@link #NO_RACK} if unknown
 * @param version of its software, for people
 * @param featureLevel the highest {@link FeatureLevel} that its software understands; 1 or more
 * @param registeredAtMs clock of the leader that proposed the registration, milliseconds since 1970
 */
public record BrokerRegistration(
        int id,
        UUID incarnation,
        UUID directoryId,
        BrokerEndpoints endpoints,
        String rack,
        String version,
        int featureLevel,
        long registeredAtMs) {
    public static final String NO_RACK = "";

    private static final int MAX_TEXT = 255;

    public BrokerRegistration {
        if (id < 0) {
            throw new IllegalArgumentException("broker id is %d; must be 0 or more".formatted(id));
        }
        if (rack.length() > MAX_TEXT || version.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "rack and version of broker %d have %d and %d characters; at most %d each are allowed"
                            .formatted(id, rack.length(), version.length(), MAX_TEXT));
        }
        if (featureLevel <= FeatureLevel.NONE) {
            throw new IllegalArgumentException(
                    "feature level of broker %d is %d; must be 1 or more".formatted(id, featureLevel));
        }
    }

    /** How Raft reaches it. */
    public Peer peer() {
        return new Peer(id, endpoints.raft().host(), endpoints.raft().port());
    }
}
