package io.flotilla.broker.control;

import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.metadata.BrokerCommand;
import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.ClusterCommand;
import io.flotilla.metadata.FeatureLevel;
import io.flotilla.metadata.MetadataCommand;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.raft.PeerMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the cluster know its brokers: creates the cluster once, registers this broker, and again when it was fenced by
 * mistake; on the leader of the metadata group, fences brokers that are down. On the control loop, one command at a time.
 */
public final class Registrar {
    private static final Logger log = LoggerFactory.getLogger(Registrar.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DataDirectory directory;
    private final Supplier<BrokerRegistration> registration;
    private final PeerMonitor monitor;
    private final Loop loop;
    private final Consumer<String> onRefusal;
    private boolean proposing; // owned by the loop

    /**
     * A registrar of a broker that is not registered yet.
     *
     * @param onRefusal told why the cluster does not take this broker; the broker cannot go on
     */
    public Registrar(
            DataDirectory directory,
            Supplier<BrokerRegistration> registration,
            PeerMonitor monitor,
            Loop loop,
            Consumer<String> onRefusal) {
        this.directory = directory;
        this.registration = registration;
        this.monitor = monitor;
        this.loop = loop;
        this.onRefusal = onRefusal;
    }

    /** Does the next thing that is to be done, if there is one. */
    public void tend(MetadataQuorum quorum) {
        MetadataImage image = quorum.image();
        if (!belongsHere(image)) {
            return;
        }
        if (!proposing) {
            next(quorum, image).ifPresent(command -> propose(quorum, command));
        }
    }

    private boolean belongsHere(MetadataImage image) {
        String mine = directory.identity().clusterId();
        if (!image.hasCluster() || mine.equals(image.clusterId())) {
            return true;
        }
        if (directory.identity().hasCluster()) {
            onRefusal.accept(
                    "data directory %s belongs to cluster %s, but this cluster is %s; choose another --data or other peers"
                            .formatted(directory.root(), mine, image.clusterId()));
            return false;
        }
        try {
            directory.update(identity -> identity.with(image.clusterId(), identity.metadataVoters()));
        } catch (IOException e) {
            throw new UncheckedIOException("cluster id cannot be written to %s".formatted(directory.root()), e);
        }
        return true;
    }

    private Optional<MetadataCommand> next(MetadataQuorum quorum, MetadataImage image) {
        if (!image.hasCluster()) {
            return quorum.leadership().leads()
                    ? Optional.of(
                            new ClusterCommand.CreateCluster(UUID.randomUUID().toString(), FeatureLevel.LATEST))
                    : Optional.empty();
        }
        BrokerRegistration mine = registration.get();
        Optional<RegisteredBroker> known = image.brokers().find(mine.id());
        if (known.isEmpty()
                || known.get().state() == RegisteredBroker.State.FENCED
                || !known.get().registration().incarnation().equals(mine.incarnation())) {
            return Optional.of(new BrokerCommand.RegisterBroker(mine));
        }
        return quorum.leadership().leads() ? gone(image, mine.id()) : Optional.empty();
    }

    private Optional<MetadataCommand> gone(MetadataImage image, int self) {
        return image.brokers().all().stream()
                .filter(broker -> broker.id() != self && broker.live() && monitor.down(broker.id()))
                .findFirst()
                .map(broker -> new BrokerCommand.FenceBroker(
                        broker.id(), broker.registration().incarnation()));
    }

    private void propose(MetadataQuorum quorum, MetadataCommand command) {
        proposing = true;
        var unused = quorum.propose(command, PATIENCE)
                .whenComplete((result, error) -> loop.execute(() -> {
                    proposing = false;
                    if (error != null) {
                        log.debug("metadata command was not taken, it is tried again command={}", command, error);
                    } else if (result instanceof MetadataResult.Refused refused) {
                        refused(command, refused);
                    } else {
                        log.info("metadata changed by {}", command);
                    }
                }));
    }

    private void refused(MetadataCommand command, MetadataResult.Refused refused) {
        if (command instanceof BrokerCommand.RegisterBroker) {
            onRefusal.accept("this broker cannot join the cluster: " + refused.message());
        } else {
            log.info("metadata command was refused command={} why={}", command, refused.message());
        }
    }
}
