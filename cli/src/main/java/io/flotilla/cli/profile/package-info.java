/** Profiles: settings of this command that its user keeps in a file. Immutable but for the file. */
@NullMarked
package io.flotilla.cli.profile;

import org.jspecify.annotations.NullMarked;
