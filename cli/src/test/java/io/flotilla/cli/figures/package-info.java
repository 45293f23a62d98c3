/**
 * Figures that anyone can take on their own machine: {@code mvn verify -Pfigures}. They are printed, never asserted: how
 * fast a machine is decides no test.
 */
@NullMarked
package io.flotilla.cli.figures;

import org.jspecify.annotations.NullMarked;
