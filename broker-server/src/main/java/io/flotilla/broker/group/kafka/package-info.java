/**
 * Apache Kafka's own group coordinator (KIP-848) on our log: the only package that knows Kafka's classes. They are Kafka's
 * internals, so their version is pinned, and none of them is seen outside.
 */
@NullMarked
package io.flotilla.broker.group.kafka;

import org.jspecify.annotations.NullMarked;
