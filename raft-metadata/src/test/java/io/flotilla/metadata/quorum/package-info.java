@NullMarked
package io.flotilla.metadata.quorum;

import org.jspecify.annotations.NullMarked;
