package io.flotilla.log;

/**
 * A batch found by time.
 *
 * @param timestampMs largest timestamp of its records
 * @param offset of its first record
 */
public record TimeAndOffset(long timestampMs, long offset) {}
