package io.flotilla.record;

/**
 * Which producer wrote a batch and as which of its batches (the ProducerStamp of the wire).
 *
 * @param baseSequence of the batch's first record
 * @param transactional part of the producer's open transaction
 */
public record ProducerSequence(long producerId, int producerEpoch, int baseSequence, boolean transactional) {}
