/**
 * Real clusters of the one jar, hurt on purpose: processes are killed, disks lose their power. Recording clients watch,
 * and their history is judged at the end.
 */
@NullMarked
package io.flotilla.cli.chaos;

import org.jspecify.annotations.NullMarked;
