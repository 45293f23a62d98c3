package io.flotilla.broker.storage;

/**
 * Where a member of a Raft group stands, as its files record it. Written before the step it names is taken, so that a
 * restart goes on where it was.
 */
public enum MemberPhase {
    /** Brand-new: its files may be made. */
    NEW,
    /** A member of its group, whose files must be there. */
    MEMBER,
    /** Still a member; what its Raft log holds was given up, and is being replaced by a copy of the leader's log. */
    CATCHING_UP,
    /** Its files are lost or cannot be trusted; it must be taken out of the group before they are replaced. */
    LEAVING,
    /** Its files are new, and it has to be taken into the group. */
    JOINING
}
