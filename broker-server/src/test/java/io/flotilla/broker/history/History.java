package io.flotilla.broker.history;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The events of one run, in the order in which they happened. Safe for use by many threads. */
public final class History {
    private final List<Event> events = new ArrayList<>();
    private final LongAdder acked = new LongAdder();

    void add(Event event) {
        synchronized (events) {
            events.add(event);
        }
        if (event instanceof Event.Acked) {
            acked.increment();
        }
    }

    List<Event> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /** How many values were acknowledged so far. */
    public long acked() {
        return acked.sum();
    }

    /** Judges the run. */
    public Verdict check() {
        return new HistoryCheck(events()).run();
    }
}
