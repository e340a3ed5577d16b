package dev.stackmapd.app.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Is down when nothing can be written to the folder of binaries and indexes: it is gone, read-only, or its file system
/// is full.
///
/// Each check writes one byte to the file `.writable` of that folder, and blocks as long as the file system does.
final class ArtifactStorageHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactStorageHealth.class);

    private final Path probe;

    /// @param storage a folder that exists
    ArtifactStorageHealth(Path storage) {
        this.probe = storage.resolve(".writable");
    }

    @Override
    public Health health() {
        try {
            Files.write(probe, new byte[1]);
            return Health.up().build();
        } catch (IOException e) {
            LOG.error("the folder of stackmapd.artifacts.storage cannot be written to: {}", e.toString());
            return Health.down().build();
        }
    }
}
