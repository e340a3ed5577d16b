package dev.stackmapd.app.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// `stackmapd.files.*`: which files of this host may be read.
///
/// @param access unset, `proc` on a loopback address or as a sidecar, else `none`
/// @param roots directories that paths of maps are resolved in; for `roots`
/// @param names true if local files give names: those that were read for their build-id, `~/.debug` and
///     `/usr/lib/debug`. Unset, true on a loopback address where files may be read
@ConfigurationProperties("stackmapd.files")
public record FileSettings(
        @Nullable Access access,
        @DefaultValue List<String> roots,
        @Nullable Boolean names) {
    public FileSettings {
        if (access == Access.ROOTS && roots.isEmpty()) {
            throw new IllegalArgumentException("stackmapd.files.access=roots needs stackmapd.files.roots");
        }
        if (access != Access.ROOTS && !roots.isEmpty()) {
            throw new IllegalArgumentException("stackmapd.files.roots needs stackmapd.files.access=roots");
        }
    }

    public enum Access {
        NONE,
        PROC,
        ROOTS
    }
}
