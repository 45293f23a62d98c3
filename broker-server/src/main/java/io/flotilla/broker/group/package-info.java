/**
 * Consumer groups: who coordinates a group, how brokers reach its coordinator, and what they say to it. Positions and
 * members are records of an internal topic; the leader of a group's partition of it coordinates the group.
 */
@NullMarked
package io.flotilla.broker.group;

import org.jspecify.annotations.NullMarked;
