/** The one command people run: its root, its help and its way out. Knows every command, is known by none. */
@NullMarked
package io.flotilla.cli;

import org.jspecify.annotations.NullMarked;
