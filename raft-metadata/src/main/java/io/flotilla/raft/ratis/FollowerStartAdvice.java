package io.flotilla.raft.ratis;

import java.util.concurrent.atomic.AtomicReference;
import net.bytebuddy.asm.Advice;

/** Code that {@link RatisPatch} adds where Ratis makes a member a follower. It runs there, never here. */
final class FollowerStartAdvice {
    private FollowerStartAdvice() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.FieldValue("followerState") AtomicReference<?> followerState) {
        return followerState.get() != null;
    }
}
