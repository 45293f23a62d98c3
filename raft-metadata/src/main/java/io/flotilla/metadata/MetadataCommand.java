package io.flotilla.metadata;

/**
 * One change to the cluster's metadata, applied in Raft order, on every node, to the same result.
 *
 * <p>All choices (ids, times, placement) are made before a command is proposed and are part of it. Its meaning never
 * changes once released, because nodes apply old commands again after a restart: a new meaning is a new command, at a
 * new {@link FeatureLevel}.
 */
public sealed interface MetadataCommand permits ClusterCommand, BrokerCommand, TopicCommand, GroupCommand {
    /**
     * The image after this command, or why it is refused. Pure: no clock, no I/O, no randomness.
     *
     * @param image before the command, but of the command's own raft index, see {@link MetadataImage#at}
     */
    MetadataResult applyTo(MetadataImage image);
}
