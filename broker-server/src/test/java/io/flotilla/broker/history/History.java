package io.flotilla.broker.history;

import java.util.ArrayList;
import java.util.List;

/** The events of one run, in the order in which they happened. Safe for use by many threads. */
public final class History {
    private final List<Event> events = new ArrayList<>();

    void add(Event event) {
        synchronized (events) {
            events.add(event);
        }
    }

    List<Event> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /** How many values were acknowledged so far. */
    public long acked() {
        synchronized (events) {
            return events.stream().filter(Event.Acked.class::isInstance).count();
        }
    }

    /** Judges the run. */
    public Verdict check() {
        return new HistoryCheck(events()).run();
    }
}
