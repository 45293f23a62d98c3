/** What people type for sizes, times, positions and places, as values. Immutable. */
@NullMarked
package io.flotilla.cli.text;

import org.jspecify.annotations.NullMarked;
