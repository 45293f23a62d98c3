package io.flotilla.broker.http;

import java.nio.charset.StandardCharsets;

/**
 * What a request gets.
 *
 * @param body not changed after
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
record Answer(int status, String contentType, byte[] body) {
    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer json(int status, String json) {
        return new Answer(status, "application/json", (json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
