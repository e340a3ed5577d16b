package dev.stackmapd.symbolize;

/// What is kept for one build-id: names, or why there are none.
sealed interface LoadResult extends SymbolCache.Value permits OpenBinary, LoadResult.Absent, LoadResult.Broken {

    record Absent(SymbolizationResult.Cause cause) implements LoadResult {}

    record Broken(String detail) implements LoadResult {}
}
