package dev.stackmapd.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A part of a long answer.
///
/// @param next the cursor that the next page begins behind, a text whose meaning only the port knows; null on the last
///     page
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }

    /// Makes a page of what was found with one more than the limit.
    ///
    /// @param found up to `limit + 1` items
    /// @param cursor names the last item of a page
    public static <T> Page<T> of(List<T> found, int limit, Function<T, String> cursor) {
        return found.size() <= limit
                ? new Page<>(found, null)
                : new Page<>(found.subList(0, limit), cursor.apply(found.get(limit - 1)));
    }

    /// Returns the cursor as the ports take it.
    public Optional<String> cursor() {
        return Optional.ofNullable(next);
    }
}
