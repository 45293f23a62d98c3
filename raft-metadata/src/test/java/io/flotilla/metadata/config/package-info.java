@NullMarked
package io.flotilla.metadata.config;

import org.jspecify.annotations.NullMarked;
