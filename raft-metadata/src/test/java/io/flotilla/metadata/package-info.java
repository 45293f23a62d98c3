@NullMarked
package io.flotilla.metadata;

import org.jspecify.annotations.NullMarked;
