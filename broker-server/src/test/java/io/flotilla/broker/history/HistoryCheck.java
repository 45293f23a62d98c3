package io.flotilla.broker.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Judges one history, partition by partition. Used once, by one thread. */
final class HistoryCheck {
    private static final int EXAMPLES = 5;

    private final List<Event> events;
    private final Map<Anomaly, List<String>> anomalies = new EnumMap<>(Anomaly.class);
    private long sent;
    private long acked;
    private long unknown;
    private long read;
    private long longestGapNanos;

    HistoryCheck(List<Event> events) {
        this.events = events;
    }

    Verdict run() {
        Map<Integer, List<Event>> byPartition = new TreeMap<>();
        events.forEach(event -> byPartition
                .computeIfAbsent(event.partition(), partition -> new ArrayList<>())
                .add(event));
        byPartition.forEach((partition, own) -> new Partition(partition, own).check());
        return new Verdict(anomalies, sent, acked, unknown, read, Duration.ofNanos(longestGapNanos));
    }

    private void found(Anomaly anomaly, String what) {
        List<String> examples = anomalies.computeIfAbsent(anomaly, kind -> new ArrayList<>());
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }

    private final class Partition {
        private final int number;
        private final List<Event> own;
        private final Map<Long, Value> observed = new HashMap<>();
        private final Map<Value, Long> places = new HashMap<>();
        private final TreeMap<Long, Value> finalLog = new TreeMap<>();

        Partition(int number, List<Event> own) {
            this.number = number;
            this.own = own;
        }

        void check() {
            observe();
            checkReaders();
            checkFinalLog();
            checkProducers();
            checkRealTime();
            measure();
        }

        private String at(long offset) {
            return "%d@%d".formatted(number, offset);
        }

        /** Offsets and values must be one to one, whoever looks. */
        private void observe() {
            for (Event event : own) {
                if (event instanceof Event.Acked e) {
                    observe(e.offset(), e.value());
                } else if (event instanceof Event.Read e) {
                    observe(e.offset(), e.value());
                } else if (event instanceof Event.FinallyRead e) {
                    observe(e.offset(), e.value());
                    finalLog.put(e.offset(), e.value());
                } else if (event instanceof Event.Garbage e) {
                    found(Anomaly.GARBAGE, "%s read by %s".formatted(at(e.offset()), e.reader()));
                }
            }
        }

        private void observe(long offset, Value value) {
            Value other = observed.putIfAbsent(offset, value);
            if (other != null && !other.equals(value)) {
                found(Anomaly.INCONSISTENT_OFFSET, "%s is %s and %s".formatted(at(offset), other, value));
            }
            Long place = places.putIfAbsent(value, offset);
            if (place != null && place != offset) {
                found(Anomaly.DUPLICATE, "%s is at %s and %s".formatted(value, at(place), at(offset)));
            }
        }

        private void checkReaders() {
            Map<String, Long> last = new HashMap<>();
            Map<String, Long> lastAtTheEnd = new HashMap<>();
            for (Event event : own) {
                if (event instanceof Event.Read e) {
                    follow(last, e.reader(), e.offset());
                } else if (event instanceof Event.FinallyRead e) {
                    follow(lastAtTheEnd, e.reader(), e.offset());
                }
            }
            lastAtTheEnd.forEach((reader, offset) -> {
                if (offset < finalLog.lastKey()) {
                    found(Anomaly.LOST, "%s ends at %s; others go on".formatted(reader, at(offset)));
                }
            });
        }

        /** A reader starts at 0 and gets one offset after the other. */
        private void follow(Map<String, Long> last, String reader, long offset) {
            long before = last.getOrDefault(reader, -1L);
            if (offset <= before) {
                found(Anomaly.REORDERED, "%s got %s after %s".formatted(reader, at(offset), at(before)));
            } else if (offset != before + 1) {
                found(Anomaly.HOLE, "%s got %s after %s".formatted(reader, at(offset), at(before)));
            }
            last.put(reader, offset);
        }

        private void checkFinalLog() {
            for (Event event : own) {
                if (event instanceof Event.Acked e && !e.value().equals(finalLog.get(e.offset()))) {
                    found(Anomaly.LOST, "%s was acknowledged at %s".formatted(e.value(), at(e.offset())));
                } else if (event instanceof Event.Read e && !e.value().equals(finalLog.get(e.offset()))) {
                    found(
                            Anomaly.DIRTY_READ,
                            "%s was read by %s at %s".formatted(e.value(), e.reader(), at(e.offset())));
                } else if (event instanceof Event.Refused e && places.containsKey(e.value())) {
                    found(Anomaly.FALSE_REFUSAL, "%s was refused".formatted(e.value()));
                }
            }
        }

        /** What a producer sent first comes first. */
        private void checkProducers() {
            Map<String, Value> last = new HashMap<>();
            finalLog.forEach((offset, value) -> {
                Value before = last.put(value.producer(), value);
                if (before != null && before.sequence() >= value.sequence()) {
                    found(Anomaly.REORDERED, "%s comes after %s at %s".formatted(value, before, at(offset)));
                }
            });
        }

        /** What was sent after another value had been acknowledged comes after that value. */
        private void checkRealTime() {
            Map<Value, Long> highestBefore = new HashMap<>();
            long highest = -1;
            for (Event event : own) {
                if (event instanceof Event.Sent e) {
                    highestBefore.put(e.value(), highest);
                } else if (event instanceof Event.Acked e) {
                    long floor = highestBefore.getOrDefault(e.value(), -1L);
                    if (e.offset() <= floor) {
                        found(
                                Anomaly.REORDERED,
                                "%s got %s when %s was already acknowledged"
                                        .formatted(e.value(), at(e.offset()), at(floor)));
                    }
                    highest = Math.max(highest, e.offset());
                }
            }
        }

        private void measure() {
            Set<Value> open = new HashSet<>();
            long lastAck = Long.MIN_VALUE;
            for (Event event : own) {
                if (event instanceof Event.Sent e) {
                    sent++;
                    open.add(e.value());
                } else if (event instanceof Event.Acked e) {
                    acked++;
                    open.remove(e.value());
                    if (lastAck != Long.MIN_VALUE) {
                        longestGapNanos = Math.max(longestGapNanos, e.nanos() - lastAck);
                    }
                    lastAck = e.nanos();
                } else if (event instanceof Event.Refused e) {
                    open.remove(e.value());
                }
            }
            unknown += open.size();
            read += finalLog.size();
        }
    }
}
