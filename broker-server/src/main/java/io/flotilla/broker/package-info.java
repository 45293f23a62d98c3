/**
 * One broker: {@link io.flotilla.broker.Broker} builds its parts in reading order and closes them in reverse. Nothing
 * below this package knows it.
 */
@NullMarked
package io.flotilla.broker;

import org.jspecify.annotations.NullMarked;
