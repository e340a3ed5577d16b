package dev.stackmapd.symbolize;

/// The result of loading a build-id: an open binary, or the reason why there is none.
sealed interface LoadResult extends SymbolCache.Value permits OpenBinary, LoadResult.Absent, LoadResult.Broken {

    record Absent(SymbolizationResult.Cause cause) implements LoadResult {}

    record Broken(String detail) implements LoadResult {}
}
