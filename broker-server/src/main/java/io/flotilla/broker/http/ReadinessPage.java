package io.flotilla.broker.http;

import com.sun.net.httpserver.Headers;
import java.net.HttpURLConnection;
import java.util.List;

/** Whether the broker is ready: by status for machines, with a reason per line for people, as JSON if asked for. */
record ReadinessPage(Readiness readiness) implements Page {
    @Override
    public Answer answer(Headers request) {
        List<String> reasons = readiness.reasonsAgainst();
        int status = reasons.isEmpty() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE;
        if (wantsJson(request)) {
            return Answer.json(
                    status, "{\"ready\":%b,\"reasons\":%s}".formatted(reasons.isEmpty(), Json.array(reasons)));
        }
        return Answer.text(status, reasons.isEmpty() ? "ready" : String.join("\n", oneLineEach(reasons)));
    }

    private static boolean wantsJson(Headers request) {
        return request.getOrDefault("Accept", List.of()).stream().anyMatch(a -> a.contains("application/json"));
    }

    private static List<String> oneLineEach(List<String> reasons) {
        return reasons.stream().map(reason -> reason.replaceAll("\\R", " ")).toList();
    }
}
