/**
 * A broker's data directory: whose it is, and where each replica's files are. Replicas are in directories named by topic
 * id and partition, so that files of a deleted topic can never be taken for those of another with its name.
 */
@NullMarked
package io.flotilla.broker.storage;

import org.jspecify.annotations.NullMarked;
