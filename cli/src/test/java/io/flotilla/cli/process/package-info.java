/** The one jar as processes, for tests: free ports, temporary directories, waiting for what is to become true. */
@NullMarked
package io.flotilla.cli.process;

import org.jspecify.annotations.NullMarked;
