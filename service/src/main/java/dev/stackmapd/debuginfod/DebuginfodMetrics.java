package dev.stackmapd.debuginfod;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;

/// Counts requests under the names that elfutils' server has for them, so that its dashboards work.
///
/// `http_requests_total{type}`, `http_responses_transfer_bytes{code,type}` and
/// `http_responses_duration_milliseconds{code,type}`.
public final class DebuginfodMetrics {
    private final MeterRegistry registry;

    public DebuginfodMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// @param type `debuginfo`, `executable`, `source`, `section` or `metadata`
    public void asked(String type) {
        Counter.builder("http.requests")
                .description("Requests to the debuginfod routes")
                .tag("type", type)
                .register(registry)
                .increment();
    }

    /// @param code the HTTP status
    /// @param bytes of the body
    /// @param nanos from the request to the last byte
    public void answered(String type, int code, long bytes, long nanos) {
        DistributionSummary.builder("http.responses.transfer")
                .description("Bodies of answers of the debuginfod routes")
                .baseUnit("bytes")
                .tags("code", Integer.toString(code), "type", type)
                .register(registry)
                .record((double) bytes);
        DistributionSummary.builder("http.responses.duration")
                .description("Time that answers of the debuginfod routes took")
                .baseUnit("milliseconds")
                .tags("code", Integer.toString(code), "type", type)
                .register(registry)
                .record((double) TimeUnit.NANOSECONDS.toMillis(nanos));
    }
}
