/**
 * What a partition remembers of those who write to it, so that no batch is written twice or out of order: a function of
 * the partition's log.
 */
@NullMarked
package io.flotilla.broker.producer;

import org.jspecify.annotations.NullMarked;
