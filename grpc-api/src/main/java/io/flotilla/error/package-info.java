/**
 * What can go wrong between a client and a broker: one table of the codes, one exception that carries a code, and its
 * form on the wire. Everything here is immutable; nothing here has a thread. Uses the generated messages and gRPC's
 * status, and no other package of ours.
 */
@NullMarked
package io.flotilla.error;

import org.jspecify.annotations.NullMarked;
