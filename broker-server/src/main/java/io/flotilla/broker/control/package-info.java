/**
 * Makes this broker match the metadata and the cluster know this broker: registers it, opens, closes, rebuilds and
 * deletes replicas, tells other brokers what it leads, hands leadership back to preferred replicas, and, on the broker
 * that leads the metadata group, fences brokers that are gone.
 *
 * <p>Everything periodic runs on one control thread; opening and deleting replicas on a small pool.
 */
@NullMarked
package io.flotilla.broker.control;

import org.jspecify.annotations.NullMarked;
