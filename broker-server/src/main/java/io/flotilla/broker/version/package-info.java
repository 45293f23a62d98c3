/** Which software this is. */
@NullMarked
package io.flotilla.broker.version;

import org.jspecify.annotations.NullMarked;
