/**
 * What recording clients did and saw while brokers were hurt, and the check that no promise was broken. After the
 * checker for Kafka-like systems of Jepsen (jepsen.tests.kafka), in linear time.
 *
 * <p>A {@link io.flotilla.broker.history.History} is shared by the clients of one run; everything else is owned by the
 * thread that made it.
 */
@NullMarked
package io.flotilla.broker.history;

import org.jspecify.annotations.NullMarked;
