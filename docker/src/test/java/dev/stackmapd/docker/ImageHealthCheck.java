package dev.stackmapd.docker;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.HealthCheck;
import java.time.Duration;
import java.util.List;
import org.testcontainers.containers.GenericContainer;

/// The health check that the image carries, run by us as the engine would run it.
///
/// By us, because podman leaves the timing of health checks to systemd, which is not there in every container or CI
/// machine: the engine's own verdict would then be `starting` for ever.
final class ImageHealthCheck {
    private ImageHealthCheck() {}

    /// The command that the container has from its image.
    static List<String> command(GenericContainer<?> container) {
        HealthCheck check = container.getCurrentContainerInfo().getConfig().getHealthcheck();
        List<String> test = check == null ? null : check.getTest();
        if (test == null || !test.getFirst().equals("CMD")) {
            throw new IllegalStateException("no health check that runs a command without a shell, but " + test);
        }
        return test.subList(1, test.size());
    }

    /// Returns when the container calls itself healthy.
    static void awaitHealthy(GenericContainer<?> container) {
        String[] command = command(container).toArray(String[]::new);
        await().alias("healthy")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    if (!container.isRunning()) {
                        throw new IllegalStateException("the container has ended:\n" + container.getLogs());
                    }
                    return container.execInContainer(command).getExitCode() == 0;
                });
    }
}
