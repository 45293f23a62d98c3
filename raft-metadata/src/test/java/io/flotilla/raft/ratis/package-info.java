@NullMarked
package io.flotilla.raft.ratis;

import org.jspecify.annotations.NullMarked;
