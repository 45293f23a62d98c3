package io.flotilla.raft.ratis;

import net.bytebuddy.asm.Advice;
import org.apache.ratis.server.RaftServer;

/** Code that {@link RatisPatch} adds where Ratis decides to stand for election. It runs there, never here. */
@SuppressWarnings("UnusedVariable")
final class CandidacyAdvice {
    private CandidacyAdvice() {}

    @Advice.OnMethodExit
    static void exit(
            @Advice.FieldValue("server") RaftServer.Division member, @Advice.Return(readOnly = false) boolean stands) {
        stands = stands && ConfiguredRole.hasVote(member);
    }
}
