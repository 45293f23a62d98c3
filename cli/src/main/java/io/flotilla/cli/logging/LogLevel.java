package io.flotilla.cli.logging;

/** How much a broker logs. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    /** With the stack traces of the libraries. */
    DEBUG,
    /** With everything the libraries find worth telling. */
    TRACE
}
