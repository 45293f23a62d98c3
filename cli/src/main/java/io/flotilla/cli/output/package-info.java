/** Answers as trees of values, and the forms people and programs want them in. Immutable but for the streams written to. */
@NullMarked
package io.flotilla.cli.output;

import org.jspecify.annotations.NullMarked;
