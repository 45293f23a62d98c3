/** Settings as people write them: units, formats, and the key they meant. */
@NullMarked
package io.flotilla.text;

import org.jspecify.annotations.NullMarked;
