package io.flotilla.raft.ratis;

import java.util.concurrent.locks.Lock;
import net.bytebuddy.asm.Advice;

/**
 * Code that {@link RatisPatch} adds to Ratis' signal: a flag under its lock, set by the signal and taken by the next
 * wait. It runs there, never here; assignments to parameters are assignments to the field or result they stand for.
 */
@SuppressWarnings("UnusedVariable")
final class SignalAdvice {
    /** The field added to the class. */
    static final String FIELD = "flotillaSignalled";

    private SignalAdvice() {}

    static final class OnSignal {
        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue("lock") Lock lock,
                @Advice.FieldValue(value = FIELD, readOnly = false) boolean signalled) {
            lock.lock();
            signalled = true;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.FieldValue("lock") Lock lock) {
            lock.unlock();
        }
    }

    static final class OnAwait {
        /** Holds the lock across the wait, which gives it up, and skips the wait if there is a signal already. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.FieldValue("lock") Lock lock, @Advice.FieldValue(FIELD) boolean signalled) {
            lock.lock();
            return signalled;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(
                @Advice.FieldValue("lock") Lock lock,
                @Advice.FieldValue(value = FIELD, readOnly = false) boolean signalled) {
            signalled = false;
            lock.unlock();
        }
    }

    static final class OnTimedAwait {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.FieldValue("lock") Lock lock, @Advice.FieldValue(FIELD) boolean signalled) {
            lock.lock();
            return signalled;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(
                @Advice.FieldValue("lock") Lock lock,
                @Advice.FieldValue(value = FIELD, readOnly = false) boolean signalled,
                @Advice.Return(readOnly = false) boolean result) {
            if (signalled) {
                signalled = false;
                result = true;
            }
            lock.unlock();
        }
    }
}
