package io.flotilla.log;

/**
 * The offsets one append took.
 *
 * @param baseOffset of the first record
 * @param nextOffset exclusive
 */
public record AppendResult(long baseOffset, long nextOffset) {}
