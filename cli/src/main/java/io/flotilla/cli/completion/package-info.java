/** Scripts by which shells complete what is typed. No state. */
@NullMarked
package io.flotilla.cli.completion;

import org.jspecify.annotations.NullMarked;
