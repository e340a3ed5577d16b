package dev.stackmapd.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a paginated result.
///
/// @param next the cursor of the next page, a text that only the port interprets; null on the last page
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }

    /// Returns a page of items that were searched with one more than the limit.
    ///
    /// @param found up to `limit + 1` items
    /// @param cursor returns the cursor that denotes the last item of a page
    public static <T> Page<T> of(List<T> found, int limit, Function<T, String> cursor) {
        return found.size() <= limit
                ? new Page<>(found, null)
                : new Page<>(found.subList(0, limit), cursor.apply(found.get(limit - 1)));
    }

    /// Returns the cursor of the next page in the form of the ports' parameter.
    public Optional<String> cursor() {
        return Optional.ofNullable(next);
    }
}
