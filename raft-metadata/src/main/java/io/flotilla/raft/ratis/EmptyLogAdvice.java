package io.flotilla.raft.ratis;

import net.bytebuddy.asm.Advice;

/** Code that {@link RatisPatch} adds where Ratis decides whether a vote counts. It runs there, never here. */
@SuppressWarnings("UnusedVariable")
final class EmptyLogAdvice {
    private EmptyLogAdvice() {}

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) boolean counts) {
        counts = true;
    }
}
