package io.flotilla.cli.offline;

import io.flotilla.cli.output.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Replicas of one partition, compared over the offsets that all of them have: byte by byte behind what any of them has
 * compacted, and over all by the newest record of each key if one of them has.
 */
record ReplicaComparison(List<CheckedLog> replicas) {
    ReplicaComparison {
        replicas = List.copyOf(replicas);
    }

    /** One entry per replica that differs from the first one. */
    List<Value.Fields> differences() {
        long from =
                replicas.stream().mapToLong(r -> r.report().logStart()).max().orElse(0);
        long to = replicas.stream().mapToLong(r -> r.report().endOffset()).min().orElse(0);
        long rewritten = replicas.stream()
                .mapToLong(r -> r.report().rewrittenEnd())
                .max()
                .orElse(0);
        List<Value.Fields> differences = new ArrayList<>(differences(Math.max(from, rewritten), to));
        if (rewritten > from && differences.isEmpty()) {
            differences.addAll(differencesByKey(from, to));
        }
        return differences;
    }

    private List<Value.Fields> differencesByKey(long from, long to) {
        CheckedLog first = replicas.get(0);
        NewestRecords expected = NewestRecords.of(first, from, to);
        List<Value.Fields> differences = new ArrayList<>();
        for (CheckedLog other : replicas.subList(1, replicas.size())) {
            long offset = expected.firstDifference(NewestRecords.of(other, from, to));
            if (offset >= 0) {
                differences.add(difference(first, other, offset + 1));
            }
        }
        return differences;
    }

    private List<Value.Fields> differences(long from, long to) {
        CheckedLog first = replicas.get(0);
        return replicas.stream()
                .skip(1)
                .filter(other -> from < to && !same(first, other, from, to))
                .map(other -> difference(first, other, firstDifference(first, other, from, to)))
                .toList();
    }

    private static boolean same(CheckedLog one, CheckedLog other, long from, long to) {
        return hash(one, from, to).equals(hash(other, from, to));
    }

    private static String hash(CheckedLog log, long from, long to) {
        if (from == 0 && to >= log.report().endOffset()) { // else files may hold more than that
            return log.report().sha256();
        }
        try {
            return log.log()
                    .open()
                    .visit(from, to, (file, position, header, body) -> {})
                    .sha256();
        } catch (IOException e) {
            throw ReplicaLog.unreadable(log.log().directory(), e);
        }
    }

    /** The end of the shortest range of offsets that differs. */
    private static long firstDifference(CheckedLog one, CheckedLog other, long from, long to) {
        long equal = from;
        long different = to;
        while (different - equal > 1) {
            long middle = equal + (different - equal) / 2;
            if (same(one, other, from, middle)) {
                equal = middle;
            } else {
                different = middle;
            }
        }
        return different;
    }

    private static Value.Fields difference(CheckedLog first, CheckedLog other, long before) {
        return Value.Fields.with("code", "REPLICAS_DIFFER")
                .and("partition", first.log().name())
                .and("offset", before - 1)
                .and(
                        "message",
                        "%s: the batch with offset %d is not the same in %s and %s"
                                .formatted(
                                        first.log().name(),
                                        before - 1,
                                        first.log().directory(),
                                        other.log().directory()))
                .build();
    }
}
