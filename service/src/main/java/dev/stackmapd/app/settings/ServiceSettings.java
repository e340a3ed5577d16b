package dev.stackmapd.app.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// `stackmapd.*`: the settings that belong to no other concern.
///
/// @param mode as a server, or beside the workload of a pod
/// @param shutdownDelay how long requests are still taken after SIGTERM, with readiness off
/// @param showUsage prints where the service listens and two requests to try ([StartMessage])
@ConfigurationProperties("stackmapd")
public record ServiceSettings(
        @DefaultValue("server") Mode mode,
        @DefaultValue("1s") Duration shutdownDelay,
        @DefaultValue("false") boolean showUsage) {

    public ServiceSettings {
        Checks.atLeast(Duration.ZERO, shutdownDelay, "shutdown-delay");
    }

    public enum Mode {
        SERVER,
        SIDECAR
    }

    /// Returns the paths that a setting lists. They are bound as texts, because Spring would look for a path in the web
    /// application first, and finds `/` there.
    public static List<Path> paths(List<String> texts) {
        return texts.stream().map(Path::of).toList();
    }
}
