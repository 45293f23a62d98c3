/** What a command sees of the world: streams, global options, a connection, and how it fails. Owned by one run of the command. */
@NullMarked
package io.flotilla.cli.session;

import org.jspecify.annotations.NullMarked;
