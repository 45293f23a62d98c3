package io.flotilla.broker.http;

import java.util.List;
import java.util.stream.Collectors;

/** The little JSON this package writes (RFC 8259). */
final class Json {
    private Json() {}

    /** {@code text} as a string, in quotes. */
    static String string(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (c < ' ' || Character.isSurrogate((char) c)) {
                // a lone half of a pair could not be encoded, and an escaped pair is as good as a plain one
                json.append("\\u%04x".formatted(c));
            } else {
                json.append((char) c);
            }
        });
        return json.append('"').toString();
    }

    static String array(List<String> texts) {
        return texts.stream().map(Json::string).collect(Collectors.joining(",", "[", "]"));
    }
}
