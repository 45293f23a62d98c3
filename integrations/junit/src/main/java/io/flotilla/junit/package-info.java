/**
 * For tests of programs that use Flotilla: {@link io.flotilla.junit.FlotillaTest} starts a broker in the process of the
 * test.
 */
@NullMarked
package io.flotilla.junit;

import org.jspecify.annotations.NullMarked;
