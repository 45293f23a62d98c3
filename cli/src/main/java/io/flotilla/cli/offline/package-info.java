/** Commands that look at the files of brokers that do not run. They change nothing. */
@NullMarked
package io.flotilla.cli.offline;

import org.jspecify.annotations.NullMarked;
