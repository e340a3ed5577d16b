package dev.stackmapd.app.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// `stackmapd.store.*`: where stacks are kept.
///
/// @param kind where stacks are kept
/// @param maxBytes memory that stacks and their counts may take; unset, a share ([MemoryPlan])
@ConfigurationProperties("stackmapd.store")
public record StoreSettings(
        @DefaultValue("memory") Kind kind, @Nullable DataSize maxBytes) {
    public StoreSettings {
        if (maxBytes != null) {
            Checks.atLeast(1 << 20, maxBytes.toBytes(), "store.max-bytes");
        }
    }

    public enum Kind {
        MEMORY
    }
}
