/** Commands that run brokers in this process, and what such a process logs. */
@NullMarked
package io.flotilla.cli.server;

import org.jspecify.annotations.NullMarked;
