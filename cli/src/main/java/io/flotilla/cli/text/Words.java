package io.flotilla.cli.text;

/** Sentences about failures of the system. */
public final class Words {
    private Words() {}

    /** What an exception says, or at least what it is. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
