package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JvmMetersTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jvm_memory_used_bytes{area=\"heap\"",
                "jvm_buffer_memory_used_bytes{id=\"direct\"",
                "jvm_gc_memory_allocated_bytes_total",
                "jvm_gc_overhead",
                "jvm_threads_live_threads",
                "jvm_classes_loaded_classes",
                "jvm_info{",
                "process_cpu_usage",
                "process_files_open_files",
                "process_uptime_seconds"
            })
    void tellsWhatTheProcessUses(String series) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

        JvmMeters meters = new JvmMeters(registry);
        String text = registry.scrape();
        meters.close();

        assertThat(text).contains("\n" + series);
    }
}
