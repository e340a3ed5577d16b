package dev.stackmapd.app;

import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.ScanReport;
import dev.stackmapd.symbolize.Symbolizer;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/// Looks through the configured folders for binaries: once before the service says that it is ready, then again and
/// again, so that files put there later are found without a restart.
final class ArtifactScans implements ApplicationRunner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactScans.class);

    private final DirectoryArtifacts artifacts;
    private final Symbolizer symbolizer;
    private final Duration pause;
    private final ScheduledExecutorService scans = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("artifact-scan").factory());

    /// @param pause between two scans
    ArtifactScans(DirectoryArtifacts artifacts, Symbolizer symbolizer, Duration pause) {
        this.artifacts = artifacts;
        this.symbolizer = symbolizer;
        this.pause = pause;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        scan();
        var _ = scans.scheduleWithFixedDelay(
                this::scanAgain, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The edge of its thread: what escaped from here would end all later scans in silence.
    private void scanAgain() {
        try {
            scan();
        } catch (RuntimeException e) {
            LOG.error("a scan for binaries failed; the next one follows", e);
        }
    }

    private void scan() {
        ScanReport report = artifacts.rescan();
        if (report.changed() > 0) {
            LOG.info("binaries: {}", report);
            symbolizer.forget();
        } else {
            symbolizer.refresh();
        }
    }

    @Override
    public void close() {
        scans.shutdownNow();
    }
}
