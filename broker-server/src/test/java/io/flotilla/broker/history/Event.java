package io.flotilla.broker.history;

/** One thing a client did or saw. A value is unique in the history, see {@link Value}. */
sealed interface Event {
    /** The partition it is about. */
    int partition();

    /** A producer handed a value to its client. */
    record Sent(int partition, Value value) implements Event {}

    /** The value is stored, says the broker. */
    record Acked(int partition, Value value, long offset, long nanos) implements Event {}

    /** The value is not stored and never will be, says the broker. */
    record Refused(int partition, Value value) implements Event {}

    /** A reader got the value while brokers were being hurt. */
    record Read(int partition, String reader, long offset, Value value) implements Event {}

    /** A reader got the value at the end, when all brokers were well again. */
    record FinallyRead(int partition, String reader, long offset, Value value) implements Event {}

    /** A reader got bytes that nobody sent. */
    record Garbage(int partition, String reader, long offset) implements Event {}
}
