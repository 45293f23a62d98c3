/** Tests of the documentation: what it names exists, and what exists is in it. */
@NullMarked
package io.flotilla.broker.docs;

import org.jspecify.annotations.NullMarked;
