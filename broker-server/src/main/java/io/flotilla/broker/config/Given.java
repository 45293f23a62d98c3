package io.flotilla.broker.config;

/**
 * A value as somebody wrote it; nothing about it is checked.
 *
 * @param name of the setting in the spelling of its origin
 */
record Given(String name, String value, Origin origin) {}
