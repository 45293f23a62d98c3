package io.flotilla.broker.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the page for a request and sends what it answers. Pages can only be read: with GET, or HEAD for the headers. */
final class Pages implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(Pages.class);

    private final Map<String, Page> byPath;

    Pages(Map<String, Page> byPath) {
        this.byPath = Collections.unmodifiableMap(new TreeMap<>(byPath));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Page page = path == null ? null : byPath.get(path);
        if (page == null) {
            return Answer.text(
                    HttpURLConnection.HTTP_NOT_FOUND,
                    "there is no such page; try " + String.join(" ", byPath.keySet()));
        } else if (!exchange.getRequestMethod().equals("GET") && !isHead(exchange)) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.text(HttpURLConnection.HTTP_BAD_METHOD, "this page can only be read; use GET or HEAD");
        }
        try {
            return page.answer(exchange.getRequestHeaders());
        } catch (IOException | RuntimeException e) {
            log.error("a page failed path={}", path, e);
            return Answer.text(HttpURLConnection.HTTP_INTERNAL_ERROR, "this page failed; the broker's log says why");
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (isHead(exchange)) {
            headers.set("Content-Length", Integer.toString(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }
}
