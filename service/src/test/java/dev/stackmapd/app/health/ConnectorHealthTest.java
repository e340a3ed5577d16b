package dev.stackmapd.app.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.app.LiveServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Status;

class ConnectorHealthTest extends LiveServer {
    @Autowired
    ConnectorHealth own;

    @Test
    void aPortThatAnswersIsUp() {
        assertThat(own.health().getStatus()).isEqualTo(Status.UP);
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    /// The kernel makes connections that no thread accepts.
    @Test
    void aPortWithoutAcceptorIsDown() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ConnectorHealth health = new ConnectorHealth(InetAddress.getLoopbackAddress(), Duration.ofSeconds(2));
            health.opened("main", port);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            health.opened("silent", silent.getLocalPort());
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.health().getDetails()).containsEntry("port", silent.getLocalPort());
        }
    }

    /// Liveness is what an orchestrator restarts the service for.
    @Test
    void itIsAPartOfLiveness() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            own.opened("silent", silent.getLocalPort());
            assertThat(get("/actuator/health/liveness").status()).isEqualTo(503);
        } finally {
            own.opened("silent", port);
        }
    }
}
