package io.flotilla.metadata;

import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.RegisteredBroker.State;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Changes to the set of brokers.
 *
 * <pre>{@code
 *               register               fence
 *   (unknown) ------------> ACTIVE  -------------> FENCED
 *       ^                    |  ^  <-------------    |
 *       |              drain |  | undrain  register  |
 *       |                    v  |                    |
 *       |                  DRAINING -------------> FENCED, and draining
 *       |                    |      <-------------   |
 *       +--------------------+-----------------------+
 *             remove, once it holds no replica
 * }</pre>
 */
public sealed interface BrokerCommand extends MetadataCommand {
    int brokerId();

    /** Takes a broker in, or takes it back after a restart or a fence; a mark of draining stays. */
    record RegisterBroker(BrokerRegistration registration) implements BrokerCommand {
        @Override
        public int brokerId() {
            return registration.id();
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            if (!image.hasCluster()) {
                return conflict("no cluster was created yet; create it before broker %d joins".formatted(brokerId()));
            }
            if (registration.featureLevel() < image.featureLevel()) {
                return conflict("broker %d runs %s and knows feature level %d; the cluster is at %d, upgrade the broker"
                        .formatted(
                                brokerId(), registration.version(), registration.featureLevel(), image.featureLevel()));
            }
            Optional<RegisteredBroker> present = image.brokers().find(brokerId());
            if (present.isPresent() && isAnotherLiveProcess(present.get())) {
                return conflict("broker id %d is in use at %s; stop that broker or give the one at %s another id"
                        .formatted(
                                brokerId(),
                                present.get().raft(),
                                registration.endpoints().raft()));
            }
            Optional<RegisteredBroker> neighbour = liveOtherAtSameAddress(image);
            if (neighbour.isPresent()) {
                return conflict(
                        "broker %d says others reach it at %s, which is broker %d; correct its advertised address"
                                .formatted(
                                        brokerId(),
                                        registration.endpoints().raft(),
                                        neighbour.get().id()));
            }
            boolean draining = present.map(RegisteredBroker::draining).orElse(false);
            long since = present.filter(this::hasSameDirectory)
                    .map(RegisteredBroker::since)
                    .orElse(image.version());
            return applied(image, new RegisteredBroker(registration, since, draining, false));
        }

        private boolean hasSameDirectory(RegisteredBroker present) {
            return present.registration().directoryId().equals(registration.directoryId());
        }

        /** At the same address it can only be the same broker's next run: the old one is gone, fenced or not. */
        private boolean isAnotherLiveProcess(RegisteredBroker present) {
            return present.live()
                    && !present.registration().incarnation().equals(registration.incarnation())
                    && !present.raft().equals(registration.endpoints().raft());
        }

        private Optional<RegisteredBroker> liveOtherAtSameAddress(MetadataImage image) {
            return image.brokers().all().stream()
                    .filter(b -> b.live() && b.id() != brokerId())
                    .filter(b -> b.raft().equals(registration.endpoints().raft()))
                    .findFirst();
        }
    }

    /**
     * Marks a broker as not heard of.
     *
     * @param incarnation the run that went silent; a later one is not fenced for it
     */
    record FenceBroker(int brokerId, UUID incarnation) implements BrokerCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            Optional<RegisteredBroker> broker = image.brokers().find(brokerId);
            if (broker.isEmpty()) {
                return notFound(brokerId);
            }
            UUID present = broker.get().registration().incarnation();
            return present.equals(incarnation)
                    ? applied(image, broker.get().withFenced(true))
                    : conflict("broker %d is now run %s, not %s; it has registered again"
                            .formatted(brokerId, present, incarnation));
        }
    }

    /** Marks a broker to be emptied. */
    record DrainBroker(int brokerId) implements BrokerCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return image.brokers()
                    .find(brokerId)
                    .map(broker -> applied(image, broker.withDraining(true)))
                    .orElseGet(() -> notFound(brokerId));
        }
    }

    /** Takes the mark of {@link DrainBroker} away. */
    record UndrainBroker(int brokerId) implements BrokerCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return image.brokers()
                    .find(brokerId)
                    .map(broker -> applied(image, broker.withDraining(false)))
                    .orElseGet(() -> notFound(brokerId));
        }
    }

    /** Forgets a broker that holds no replica and will get none. */
    record RemoveBroker(int brokerId) implements BrokerCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            Optional<RegisteredBroker> broker = image.brokers().find(brokerId);
            if (broker.isEmpty()) {
                return notFound(brokerId);
            }
            if (broker.get().state() == State.ACTIVE) {
                return conflict("broker %d is active; drain it, or stop it, before removing it".formatted(brokerId));
            }
            List<PartitionId> held = image.topics().partitionsOn(brokerId);
            return held.isEmpty()
                    ? new Applied(image.withBrokers(image.brokers().without(brokerId)))
                    : conflict("broker %d holds replicas: %d, the first of %s; move them to other brokers first"
                            .formatted(brokerId, held.size(), image.topics().nameOf(held.get(0))));
        }
    }

    private static MetadataResult applied(MetadataImage image, RegisteredBroker broker) {
        return new Applied(image.withBrokers(image.brokers().with(broker)));
    }

    private static MetadataResult conflict(String message) {
        return new Refused(Code.CONFLICT, message);
    }

    private static MetadataResult notFound(int brokerId) {
        return new Refused(Code.NOT_FOUND, "broker %d is not registered; list the brokers".formatted(brokerId));
    }
}
