/**
 * Messages as bytes, for the calls whose payload must not be copied or parsed: reading and writing the protobuf wire
 * format by hand, marshallers that move one array, and the produce and consume methods bound to them. Nothing here keeps
 * state between calls. Knows the generated messages and gRPC, but neither records nor offsets.
 */
@NullMarked
package io.flotilla.wire;

import org.jspecify.annotations.NullMarked;
