/**
 * The front door: the services of {@code flotilla.v1}. A service checks a request, finds the partition or forwards to the
 * broker that leads it, and turns every outcome into an answer; it owns nothing but the state of its calls.
 */
@NullMarked
package io.flotilla.broker.grpc;

import org.jspecify.annotations.NullMarked;
