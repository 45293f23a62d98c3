package io.flotilla.log.io;

import java.util.random.RandomGenerator;

/** A file or a directory of a {@link FakeDisk}. */
sealed interface FakeNode permits FakeFile, FakeDirectory {
    /** The same, sharing nothing, what is not durable included. */
    FakeNode copy();

    /** What a power loss may leave of it; the choice is made by {@code random}. */
    FakeNode afterPowerLoss(RandomGenerator random);
}
