/** {@code flotilla group}: who reads what, how far they are, and moving them. */
@NullMarked
package io.flotilla.cli.group;

import org.jspecify.annotations.NullMarked;
