/**
 * The seam toward the disk: everything the log does with files goes through {@link io.flotilla.log.io.Disk}, so that a
 * test can lose, tear, refuse or damage each step of it. Owns no state beyond open files and a few staging buffers; uses
 * the JDK only.
 */
@NullMarked
package io.flotilla.log.io;

import org.jspecify.annotations.NullMarked;
