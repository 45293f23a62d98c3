package io.flotilla.broker.history;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the check found.
 *
 * @param anomalies examples by kind; empty if every promise was kept
 * @param unknown values whose sender was told neither success nor failure
 * @param longestGap longest time in which no value of a partition was acknowledged, over all partitions, between its
 *     first and its last acknowledgement
 */
public record Verdict(
        Map<Anomaly, List<String>> anomalies, long sent, long acked, long unknown, long read, Duration longestGap) {
    @Override
    public String toString() {
        return "valid=%s sent=%d acked=%d unknown=%d read=%d longestGapMs=%d %s"
                .formatted(anomalies.isEmpty(), sent, acked, unknown, read, longestGap.toMillis(), anomalies);
    }
}
