/**
 * Settings of topics: one table of keys, {@link io.flotilla.metadata.config.TopicConfigKey}, the overrides that people
 * set, {@link io.flotilla.metadata.config.Configs}, and the values in effect, {@link
 * io.flotilla.metadata.config.TopicConfig}. Values only; uses nothing but the JDK.
 */
@NullMarked
package io.flotilla.metadata.config;

import org.jspecify.annotations.NullMarked;
