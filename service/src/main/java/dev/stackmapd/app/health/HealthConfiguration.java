package dev.stackmapd.app.health;

import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.request.ComputePool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/// Makes what liveness and readiness depend on beside Spring's own state; `application.yaml` lists the names of these
/// beans in the groups.
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {
    /// Below the timeout of the charts' probes.
    private static final Duration CONNECTOR_PATIENCE = Duration.ofSeconds(4);

    /// The largest batch takes seconds, and the largest question with a cold binary less than a minute.
    private static final Duration WORKER_PATIENCE = Duration.ofMinutes(5);

    @Bean
    ConnectorHealth connectorHealthIndicator(ServerProperties server) {
        return new ConnectorHealth(server.getAddress(), CONNECTOR_PATIENCE);
    }

    @Bean
    ApplicationListener<WebServerInitializedEvent> openedPorts(ConnectorHealth connectors) {
        return event -> {
            String namespace = event.getApplicationContext().getServerNamespace();
            connectors.opened(
                    namespace == null ? "main" : namespace, event.getWebServer().getPort());
        };
    }

    @Bean
    WorkerHealth workerHealthIndicator(List<ComputePool> pools) {
        return new WorkerHealth(pools, WORKER_PATIENCE);
    }

    /// The folder exists by now: the artifact store has opened it.
    @Bean
    @DependsOn("artifactStore")
    ArtifactStorageHealth artifactStorageHealthIndicator(ArtifactSettings settings) {
        return new ArtifactStorageHealth(Path.of(settings.storage()));
    }
}
