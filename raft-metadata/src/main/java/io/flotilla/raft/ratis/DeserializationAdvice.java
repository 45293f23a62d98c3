package io.flotilla.raft.ratis;

import net.bytebuddy.asm.Advice;

/** Code that {@link RatisPatch} adds to Ratis' one use of Java deserialization. It runs there, never here. */
@SuppressWarnings("DoNotCallSuggester")
final class DeserializationAdvice {
    private DeserializationAdvice() {}

    @Advice.OnMethodEnter
    static void refuse() {
        throw new IllegalStateException("an object sent by a peer was not deserialized");
    }
}
