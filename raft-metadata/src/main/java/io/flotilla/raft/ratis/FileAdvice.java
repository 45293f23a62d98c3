package io.flotilla.raft.ratis;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import net.bytebuddy.asm.Advice;

/** Code that {@link RatisPatch} adds to methods of Ratis which change directories. It runs there, never here. */
final class FileAdvice {
    private FileAdvice() {}

    static final class AfterMove {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Path from, @Advice.Argument(1) Path to) throws IOException {
            DirectoryForce.parentOf(to);
            DirectoryForce.parentOf(from);
        }
    }

    static final class AfterCut {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) File file) throws IOException {
            DirectoryForce.lengthOf(file);
        }
    }

    static final class AfterDelete {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) File file) throws IOException {
            DirectoryForce.parentOf(file);
        }
    }

    static final class AfterNewDirectory {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) Path directory) throws IOException {
            DirectoryForce.newDirectory(directory);
        }
    }

    static final class AfterOpen {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) File file, @Advice.Argument(1) boolean append) throws IOException {
            if (!append) {
                DirectoryForce.parentOf(file);
            }
        }
    }
}
