package io.flotilla.metadata.config;

/** Which of its times a record is looked up by. */
public enum TimestampType {
    /** When its producer says it was made. */
    CREATE_TIME("CreateTime"),
    /** When the leader appended its batch. */
    LOG_APPEND_TIME("LogAppendTime");

    private final String text;

    TimestampType(String text) {
        this.text = text;
    }

    /** As in {@code message.timestamp.type}. */
    public String text() {
        return text;
    }

    static TimestampType parse(String text) {
        for (TimestampType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("'%s' is not a timestamp type".formatted(text));
    }
}
