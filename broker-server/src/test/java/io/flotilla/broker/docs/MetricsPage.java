package io.flotilla.broker.docs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Writes down what {@code /metrics} of a broker has. */
final class MetricsPage {
    private static final String INTRODUCTION = """
            # Metrics

            *Generated from a running broker; do not edit. `mvn -pl broker-server -am verify -Dit.test=MetricsPageIT
            -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dupdate.docs=true`
            writes it anew.*

            Every broker answers `GET /metrics` on its HTTP port (7402 by default) in Prometheus' text format. Names are those
            of Prometheus; units are in the name. A timer has `_count`, `_sum` and `_max` (the largest of the last minutes); a
            histogram has buckets too. Logs and Raft groups are summed over all partitions of the broker, so the number of
            series grows with partitions only below `flotilla_partition`.

            What to look at first:

            - `flotilla_broker_replicas` with a state other than `serving` or `opening`: a replica is out of service. Alert.
            - `flotilla_raft_members_failed_total` and `flotilla_log_failures_total` grow: a disk or a log has failed. Alert.
            - `flotilla_broker_disk_free_bytes` nears `storage.min-free-bytes`: writes will be refused.
            - `flotilla_raft_log_flush_seconds` and `flotilla_log_flush_seconds`: how long the disk takes. They bound latency.
            - `flotilla_broker_produce_unanswered_bytes` near `produce.memory-bytes`: producers outrun the disk or the
              network.
            - `flotilla_partition_log_end` minus `flotilla_partition_high_watermark` on a leader: records not yet on a majority.
            - `flotilla_group_lag_seconds`, the largest: how old what a group has not processed is. `flotilla_group_refusals_total`
              with `MEMBER_FENCED` or `UNKNOWN_MEMBER` grows: members are evicted, as they process or answer too slowly.
            - `flotilla_group_event_wait_seconds` above a second: the coordinator of groups is overloaded.
            - `flotilla_raft_campaigns_total` and `flotilla_raft_elections_total` grow: leaders are lost.
            """;

    private static final Map<String, String> AREAS = new LinkedHashMap<>();
    private static final Map<String, String> OPEN_ENDED = new LinkedHashMap<>();

    static {
        AREAS.put("flotilla_broker_", "The broker");
        AREAS.put("flotilla_partition_", "Replicas on this broker, leading or following");
        AREAS.put("flotilla_group_", "Consumer groups: those coordinated here, and members connected here");
        AREAS.put("flotilla_grpc_", "The client listener");
        AREAS.put("flotilla_log_", "Logs on disk");
        AREAS.put("flotilla_raft_", "Raft");
        OPEN_ENDED.put("jvm_", "memory, garbage collections, threads and classes of the JVM");
        OPEN_ENDED.put("process_", "CPU, file descriptors, start and uptime of the process");
        OPEN_ENDED.put("system_", "CPU and load of the machine");
    }

    private MetricsPage() {}

    static String markdown(Scrape scrape) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        AREAS.forEach((prefix, title) -> {
            page.append(
                    "\n## %s\n\n| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n".formatted(title));
            scrape.families().values().stream()
                    .filter(family -> family.name().startsWith(prefix))
                    .forEach(family -> page.append("| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    family.name(),
                                    family.type(),
                                    family.unit(),
                                    String.join(", ", family.labels()),
                                    family.help())));
        });
        page.append(
                "\n## The process\n\nMicrometer's own meters; which there are depends on the JVM and the machine.\n");
        page.append("\n| names | what they measure |\n|---|---|\n");
        OPEN_ENDED.forEach((prefix, what) -> page.append("| `%s*` | %s |\n".formatted(prefix, what)));
        return page.toString();
    }

    /** Where on the page a family is, as the prefix of its name; empty if nowhere. */
    static String prefixOf(String family) {
        return Stream.concat(AREAS.keySet().stream(), OPEN_ENDED.keySet().stream())
                .filter(family::startsWith)
                .findFirst()
                .orElse("");
    }

    /** All prefixes the page has a place for. */
    static Set<String> prefixes() {
        Set<String> all = new TreeSet<>(AREAS.keySet());
        all.addAll(OPEN_ENDED.keySet());
        return all;
    }
}
