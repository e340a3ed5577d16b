package dev.stackmapd.app.settings;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/// Checks of single settings. Each throws an [IllegalArgumentException] with one sentence that names the setting.
final class Checks {
    private Checks() {}

    static void atLeast(Duration least, Duration value, String name) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "stackmapd.%s must be at least %s, was %s".formatted(name, least, value));
        }
    }

    static void atLeast(int least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "stackmapd.%s must be at least %d, was %d".formatted(name, least, value));
        }
    }

    /// @param parse throws an [IllegalArgumentException] without the name of the setting
    static void valid(String name, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("stackmapd.%s: %s".formatted(name, e.getMessage()), e);
        }
    }

    static void fitsAnArray(DataSize value, String name) {
        if (value.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("stackmapd.%s must be below 2GB, was %s".formatted(name, value));
        }
    }
}
