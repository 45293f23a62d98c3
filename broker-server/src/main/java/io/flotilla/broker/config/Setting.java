package io.flotilla.broker.config;

/**
 * A setting in effect.
 *
 * @param key as in a file: {@code listener.http-port}
 * @param value as it would be written there
 * @param origin where it was set
 */
public record Setting(String key, String value, Origin origin) {}
