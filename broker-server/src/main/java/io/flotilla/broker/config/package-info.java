/**
 * The settings of a broker: what there is, as records with defaults and checks ({@link
 * io.flotilla.broker.config.BrokerConfig} and its parts), and where values come from ({@link
 * io.flotilla.broker.config.ConfigLoader}). A setting is a record component and nothing else: its key, its name in the
 * environment, its type, its default and its line in {@code docs/configuration.md} all follow from that component.
 *
 * <p>Values only; nothing here has state.
 */
@NullMarked
package io.flotilla.broker.config;

import org.jspecify.annotations.NullMarked;
