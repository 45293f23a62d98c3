package io.flotilla.metadata;

import io.flotilla.metadata.MetadataResult.Applied;
import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.config.ConfigChange;

/** Changes to what concerns the cluster as a whole. */
public sealed interface ClusterCommand extends MetadataCommand {
    /**
     * Gives the cluster its identity, once; the first command of every cluster.
     *
     * @param clusterId not empty
     * @param featureLevel the cluster starts with
     */
    record CreateCluster(String clusterId, int featureLevel) implements ClusterCommand {
        public CreateCluster {
            if (clusterId.equals(MetadataImage.NO_CLUSTER)) {
                throw new IllegalArgumentException("the cluster id is empty; choose one");
            }
            FeatureLevel.requireKnown(featureLevel);
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return image.hasCluster()
                    ? new Refused(Code.EXISTS, "cluster %s was created before".formatted(image.clusterId()))
                    : new Applied(image.withCluster(clusterId, featureLevel));
        }
    }

    /**
     * Takes the producer ids {@code after + 1} to {@code after + count} for whoever proposes it. Refused if others took them
     * first: then it is to be tried again behind theirs.
     *
     * @param after the last id taken so far
     * @param count 1 to {@value #MOST}
     */
    record AllocateProducerIds(long after, int count) implements ClusterCommand {
        private static final int MOST = 1_000_000;

        public AllocateProducerIds {
            if (after < 0 || count < 1 || count > MOST) {
                throw new IllegalArgumentException(
                        "%d producer ids after %d; must be 1 to %d after 0 or more".formatted(count, after, MOST));
            }
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            if (!image.hasCluster()) {
                return new Refused(Code.CONFLICT, "no cluster was created yet; create it before its producers");
            }
            return after == image.lastProducerId()
                    ? new Applied(image.withLastProducerId(after + count))
                    : new Refused(
                            Code.CONFLICT,
                            "producer ids up to %d are taken, not up to %d; try again behind them"
                                    .formatted(image.lastProducerId(), after));
        }
    }

    /** Changes the settings of every topic that does not set its own. */
    record UpdateTopicDefaults(ConfigChange change) implements ClusterCommand {
        @Override
        public MetadataResult applyTo(MetadataImage image) {
            if (!image.hasCluster()) {
                return new Refused(Code.CONFLICT, "no cluster was created yet; create it before its settings");
            }
            return change.problem(image.featureLevel())
                    .<MetadataResult>map(problem -> new Refused(Code.INVALID_CONFIG, problem))
                    .orElseGet(() -> new Applied(image.withTopicDefaults(change.applyTo(image.topicDefaults()))));
        }
    }
}
