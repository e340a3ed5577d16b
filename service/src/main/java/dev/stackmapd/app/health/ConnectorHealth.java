package dev.stackmapd.app.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Is down when a port of this service does not answer the service itself: its acceptor or poller thread has ended, so
/// that connections are made by the kernel and never served.
///
/// A probe of the same port would fail by itself; this makes liveness on a management port tell of the main one. Each
/// check opens one connection and blocks for up to five seconds.
final class ConnectorHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorHealth.class);

    /// Answered by the connector alone. One that speaks TLS answers it too, with an error or an end.
    private static final byte[] QUESTION = "OPTIONS * HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InetAddress address;
    private final Duration patience;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();

    /// @param address that the ports are bound to; null is every address
    /// @param patience how long an answer may take
    ConnectorHealth(@Nullable InetAddress address, Duration patience) {
        this.address = address == null || address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
        this.patience = patience;
    }

    /// Adds a port that has been opened.
    ///
    /// @param name of the connector, for the log
    void opened(String name, int port) {
        ports.put(name, port);
    }

    @Override
    public Health health() {
        for (Map.Entry<String, Integer> port : ports.entrySet()) {
            try {
                ask(port.getValue());
            } catch (IOException e) {
                LOG.error("port {} ({}) does not answer: {}", port.getValue(), port.getKey(), e.toString());
                return Health.down().withDetail("port", port.getValue()).build();
            }
        }
        return Health.up().build();
    }

    private void ask(int port) throws IOException {
        int millis = Math.toIntExact(patience.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(QUESTION);
            var _ = socket.getInputStream().read();
        }
    }
}
