package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessPageTest {
    private static final List<String> REASONS = List.of("orders/3 has no leader", "a \"quoted\"\nreason");

    @Test
    void saysReadyWhenThereIsNoReasonAgainst() {
        Answer answer = new ReadinessPage(List::of).answer(new Headers());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("ready\n");
    }

    @Test
    void givesOneReasonPerLine() {
        Answer answer = new ReadinessPage(() -> REASONS).answer(new Headers());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(text(answer)).isEqualTo("orders/3 has no leader\na \"quoted\" reason\n");
    }

    @Test
    void givesReasonsAsJsonWhenAskedTo() {
        Answer answer = new ReadinessPage(() -> REASONS).answer(accepting("text/html;q=0.5, application/json"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(text(answer))
                .isEqualTo("{\"ready\":false,\"reasons\":[\"orders/3 has no leader\","
                        + "\"a \\\"quoted\\\"\\u000areason\"]}\n");
    }

    @Test
    void saysReadyAsJsonToo() {
        Answer answer = new ReadinessPage(List::of).answer(accepting("application/json"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("{\"ready\":true,\"reasons\":[]}\n");
    }

    private static Headers accepting(String types) {
        Headers headers = new Headers();
        headers.set("Accept", types);
        return headers;
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
