/** Whole clusters of brokers in one JVM, for tests: real disks, real sockets, free ports. */
@NullMarked
package io.flotilla.broker.fleet;

import org.jspecify.annotations.NullMarked;
