package dev.stackmapd.app.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/// `stackmapd.stackmaps.*`: kernel-style maps.
///
/// @param maxBytes memory that all kernel-style maps together may take, by the kernel's own sum (MAP-22); unset, a
///     share ([MemoryPlan])
@ConfigurationProperties("stackmapd.stackmaps")
public record StackmapSettings(@Nullable DataSize maxBytes) {
    public StackmapSettings {
        if (maxBytes != null) {
            Checks.atLeast(0, maxBytes.toBytes(), "stackmaps.max-bytes");
        }
    }
}
