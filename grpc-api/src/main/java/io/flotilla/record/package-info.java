/**
 * Records, batches and frames as bytes: what producers encode, brokers store and consumers decode. Builders and cursors
 * belong to one thread; everything else is immutable. Knows the format of {@code record.proto}, but no topic, no file
 * and no connection.
 */
@NullMarked
package io.flotilla.record;

import org.jspecify.annotations.NullMarked;
