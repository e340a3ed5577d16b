package dev.stackmapd.app.health;

import dev.stackmapd.request.ComputePool;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Is down when requests wait for a pool of threads none of which has finished anything for a long time: a restart is
/// all that helps then.
final class WorkerHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerHealth.class);

    private final List<ComputePool> pools;
    private final Duration patience;

    /// @param patience far longer than the longest piece of work
    WorkerHealth(List<ComputePool> pools, Duration patience) {
        this.pools = List.copyOf(pools);
        this.patience = patience;
    }

    @Override
    public Health health() {
        for (ComputePool pool : pools) {
            Duration stalled = pool.stalledFor();
            if (stalled.compareTo(patience) > 0) {
                LOG.error("requests wait for {} threads, of which none has finished for {}", pool.name(), stalled);
                return Health.down().withDetail("pool", pool.name()).build();
            }
        }
        return Health.up().build();
    }
}
