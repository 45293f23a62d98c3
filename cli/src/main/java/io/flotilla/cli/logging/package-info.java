/** What the process logs: nothing in a client, one line per event in a broker. Owns the configuration of the loggers. */
@NullMarked
package io.flotilla.cli.logging;

import org.jspecify.annotations.NullMarked;
