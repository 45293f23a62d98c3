/** Commands that move records between files, terminals and topics. */
@NullMarked
package io.flotilla.cli.data;

import org.jspecify.annotations.NullMarked;
