package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.demangle.Demangler;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.index.SymbolSource;
import dev.stackmapd.elfcore.symbols.PartNames;

/// Demangled names, kept for the names asked for last: profiles ask for the same few thousand again and again.
/// Thread-safe.
final class ReadableNames {
    /// Heap of an entry beside the characters of its two names.
    private static final int ENTRY_BYTES = 200;

    private final LoadingCache<String, String> names;

    /// @param maxBytes heap to use at most, roughly
    ReadableNames(long maxBytes) {
        this.names = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<String, String>weigher((raw, readable) -> ENTRY_BYTES + raw.length() + readable.length())
                .build(raw -> new Demangler().demangle(PartNames.functionOf(raw), DemangleMode.FULL));
    }

    /// What a person wrote, or the very same name where it is not mangled or cannot be read; of a part the name of its
    /// function. Go's names are neither mangled nor split, and one of them may end as that of a part does:
    /// `main.cold`.
    String of(String rawName, SymbolSource source, SourceLanguage language) {
        return source == SymbolSource.PCLNTAB || language == SourceLanguage.GO ? rawName : of(rawName);
    }

    private String of(String rawName) {
        return names.get(rawName);
    }
}
