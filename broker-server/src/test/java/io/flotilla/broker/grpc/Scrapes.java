package io.flotilla.broker.grpc;

import io.flotilla.broker.fleet.Fleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.IntStream;

/** What brokers 1 to n of a fleet say on their metrics pages. */
final class Scrapes {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Fleet fleet;
    private final int brokers;

    Scrapes(Fleet fleet, int brokers) {
        this.fleet = fleet;
        this.brokers = brokers;
    }

    /** Of all brokers together; those that do not tell the series count nothing. */
    double sum(String series) {
        return IntStream.rangeClosed(1, brokers)
                .mapToDouble(id -> value(page(id), series))
                .sum();
    }

    /** How many brokers tell the series. */
    long tellers(String series) {
        return IntStream.rangeClosed(1, brokers)
                .filter(id -> page(id).contains(series))
                .count();
    }

    private static double value(String page, String series) {
        return page.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private String page(int id) {
        URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(fleet.httpPort(id)));
        try {
            return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError("no answer from " + page, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
