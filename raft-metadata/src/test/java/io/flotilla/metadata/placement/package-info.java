@NullMarked
package io.flotilla.metadata.placement;

import org.jspecify.annotations.NullMarked;
