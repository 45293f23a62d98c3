package io.flotilla.metadata;

/** Changes to what the cluster agrees on about consumer groups; members and positions are in the offsets topic. */
public sealed interface GroupCommand extends MetadataCommand {
    /**
     * Nothing is delivered to members of the group until then. Takes the place of an earlier pause. Forgets pauses that are
     * over.
     *
     * @param untilMs behind {@code nowMs}; milliseconds since 1970
     * @param nowMs clock of the broker that proposes it
     */
    record PauseGroup(String group, long untilMs, long nowMs) implements GroupCommand {
        public PauseGroup {
            if (group.isEmpty() || untilMs <= nowMs) {
                throw new IllegalArgumentException(
                        "group '%s' is to be paused at %d until %d".formatted(group, nowMs, untilMs));
            }
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            if (!image.hasCluster()) {
                return new MetadataResult.Refused(
                        MetadataResult.Code.CONFLICT, "no cluster was created yet; create it before its groups");
            }
            Pauses present = image.pauses().at(nowMs);
            return present.untilMs().size() >= Pauses.MOST && !present.untilMs().containsKey(group)
                    ? new MetadataResult.Refused(
                            MetadataResult.Code.CONFLICT,
                            "%d groups are paused, and no more can be; resume one".formatted(Pauses.MOST))
                    : new MetadataResult.Applied(image.withPauses(present.with(group, untilMs)));
        }
    }

    /** Ends the pause of a group; nothing else if it is not paused. */
    record ResumeGroup(String group) implements GroupCommand {
        public ResumeGroup {
            if (group.isEmpty()) {
                throw new IllegalArgumentException("the group has no name");
            }
        }

        @Override
        public MetadataResult applyTo(MetadataImage image) {
            return new MetadataResult.Applied(image.withPauses(image.pauses().without(group)));
        }
    }
}
