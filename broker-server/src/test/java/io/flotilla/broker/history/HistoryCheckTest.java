package io.flotilla.broker.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The check finds each kind of broken promise in a history that has nothing else wrong, and nothing in a good one. */
class HistoryCheckTest {
    private static final int VALUES = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aHistoryInWhichEveryPromiseWasKeptIsValid(long seed) {
        Verdict verdict = new HistoryCheck(goodHistory(new Random(seed))).run();

        assertThat(verdict.anomalies()).isEmpty();
        assertThat(verdict.acked()).isPositive();
        assertThat(verdict.read()).isEqualTo(VALUES);
    }

    @ParameterizedTest
    @EnumSource(Anomaly.class)
    void aPlantedFaultIsFoundWhateverTheHistoryIs(Anomaly anomaly) {
        for (long seed = 1; seed <= 200; seed++) {
            RandomGenerator random = new Random(seed);
            List<Event> events = goodHistory(random);
            plant(anomaly, events, random);

            assertThat(new HistoryCheck(events).run().anomalies())
                    .as("seed %d", seed)
                    .containsKey(anomaly);
        }
    }

    @Test
    void readersThatDoNotAllReachTheEndMeanALoss() {
        List<Event> events = goodHistory(new Random(1));
        events.removeIf(
                e -> e instanceof Event.FinallyRead f && f.reader().equals("final-2") && f.offset() == VALUES - 1);

        assertThat(new HistoryCheck(events).run().anomalies()).containsOnlyKeys(Anomaly.LOST);
    }

    @Test
    void theLongestGapIsThatBetweenAcknowledgements() {
        List<Event> events = new ArrayList<>();
        long[] times = {0, 5_000_000, 905_000_000, 906_000_000};
        for (int i = 0; i < times.length; i++) {
            Value value = new Value("p", i);
            events.add(new Event.Sent(0, value));
            events.add(new Event.Acked(0, value, i, times[i]));
            events.add(new Event.FinallyRead(0, "final", i, value));
        }
        events.add(new Event.Sent(0, new Value("p", 99)));

        Verdict verdict = new HistoryCheck(events).run();
        assertThat(verdict.longestGap()).isEqualTo(Duration.ofMillis(900));
        assertThat(verdict.unknown()).isEqualTo(1);
        assertThat(verdict.anomalies()).isEmpty();
    }

    @Test
    void aValueIsReadBackFromItsBytesAndFromNoOthers() {
        Value value = new Value("producer-3.1", 42);
        ByteString bytes = value.encode(200);

        assertThat(bytes.size()).isEqualTo(200);
        assertThat(Value.decode(bytes)).contains(value);
        for (int at = 0; at < bytes.size(); at++) {
            byte[] damaged = bytes.toByteArray();
            damaged[at] ^= 1;
            assertThat(Value.decode(ByteString.copyFrom(damaged))).isEmpty();
        }
    }

    /** One partition, two producers; some answers never arrive, one reader follows, two read all at the end. */
    private static List<Event> goodHistory(RandomGenerator random) {
        List<Event> events = new ArrayList<>();
        List<Value> log = new ArrayList<>();
        int[] next = new int[2];
        for (int offset = 0; offset < VALUES; offset++) {
            int producer = random.nextInt(2);
            Value value = new Value("p" + producer, next[producer]++);
            log.add(value);
            events.add(new Event.Sent(0, value));
            if (random.nextInt(10) > 0) {
                events.add(new Event.Acked(0, value, offset, offset));
            }
            events.add(new Event.Read(0, "reader", offset, value));
        }
        Value refused = new Value("refused", 0);
        events.add(new Event.Sent(0, refused));
        events.add(new Event.Refused(0, refused));
        for (String reader : List.of("final-1", "final-2")) {
            for (int offset = 0; offset < VALUES; offset++) {
                events.add(new Event.FinallyRead(0, reader, offset, log.get(offset)));
            }
        }
        return events;
    }

    private static void plant(Anomaly anomaly, List<Event> events, RandomGenerator random) {
        int victim = random.nextInt(1, VALUES - 1);
        Value value = finalAt(events, victim).value();
        switch (anomaly) {
            case LOST -> {
                events.add(0, new Event.Acked(0, value, victim, 0));
                removeFromEnd(events, victim);
            }
            case DUPLICATE -> {
                events.add(new Event.FinallyRead(0, "final-1", VALUES, value));
                events.add(new Event.FinallyRead(0, "final-2", VALUES, value));
            }
            case REORDERED -> swapWithNextOfProducer(events, victim);
            case HOLE -> events.removeIf(e -> e instanceof Event.FinallyRead f && f.offset() == victim);
            case DIRTY_READ -> {
                Value vanished = new Value("vanished", 0);
                events.add(0, new Event.Sent(0, vanished));
                events.add(new Event.Read(0, "reader", VALUES, vanished));
            }
            case INCONSISTENT_OFFSET -> events.add(new Event.Acked(0, new Value("other", 0), victim, 0));
            case FALSE_REFUSAL -> events.add(new Event.Refused(0, value));
            case GARBAGE -> events.add(new Event.Garbage(0, "reader", victim));
        }
    }

    private static Event.FinallyRead finalAt(List<Event> events, long offset) {
        return events.stream()
                .filter(Event.FinallyRead.class::isInstance)
                .map(Event.FinallyRead.class::cast)
                .filter(e -> e.offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    /** The log closes over the lost record, as if it had never been. */
    private static void removeFromEnd(List<Event> events, long victim) {
        events.removeIf(e -> e instanceof Event.FinallyRead f && f.offset() == victim);
        events.replaceAll(e -> e instanceof Event.FinallyRead f && f.offset() > victim
                ? new Event.FinallyRead(0, f.reader(), f.offset() - 1, f.value())
                : e);
    }

    /** Everybody saw the two the wrong way round. */
    private static void swapWithNextOfProducer(List<Event> events, int victim) {
        int first = victim;
        int second = victim + 1;
        while (second < VALUES - 1
                && !finalAt(events, second)
                        .value()
                        .producer()
                        .equals(finalAt(events, first).value().producer())) {
            second++;
        }
        if (second == VALUES - 1) {
            Collections.swap(events, indexOfRead(events, first), indexOfRead(events, first - 1));
            return;
        }
        Value a = finalAt(events, first).value();
        Value b = finalAt(events, second).value();
        events.replaceAll(e -> exchange(e, a, b));
    }

    private static int indexOfRead(List<Event> events, long offset) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof Event.Read e && e.offset() == offset) {
                return i;
            }
        }
        throw new IllegalStateException("no read at " + offset);
    }

    private static Event exchange(Event event, Value a, Value b) {
        if (event instanceof Event.Acked e) {
            return new Event.Acked(0, other(e.value(), a, b), e.offset(), e.nanos());
        } else if (event instanceof Event.Read e) {
            return new Event.Read(0, e.reader(), e.offset(), other(e.value(), a, b));
        } else if (event instanceof Event.FinallyRead e) {
            return new Event.FinallyRead(0, e.reader(), e.offset(), other(e.value(), a, b));
        }
        return event;
    }

    private static Value other(Value value, Value a, Value b) {
        return value.equals(a) ? b : value.equals(b) ? a : value;
    }
}
