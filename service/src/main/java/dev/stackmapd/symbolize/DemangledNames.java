package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.demangle.Demangler;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.symbols.PartNames;
import dev.stackmapd.elfcore.symbols.SymbolSource;

/// Demangles names through a cache, because profiles contain the same few thousand names repeatedly.
/// Thread-safe.
public final class DemangledNames {
    /// Heap of an entry without the characters of its two names.
    private static final int ENTRY_BYTES = 240;

    private final LoadingCache<MangledName, String> names;

    private record MangledName(String rawName, DemangleMode mode) {}

    /// @param maxBytes approximate maximum of the heap that entries take
    public DemangledNames(long maxBytes) {
        this.names = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<MangledName, String>weigher(
                        (asked, readable) -> ENTRY_BYTES + asked.rawName.length() + readable.length())
                .build(asked -> new Demangler().demangle(asked.rawName, asked.mode));
    }

    /// Returns the demangled name of a frame's function, which is the same for all parts of the
    /// function; or the raw name if it is not mangled or cannot be demangled. Go names are returned
    /// unchanged: they are neither mangled nor split, and may end like the name of a part, such as
    /// `main.cold`.
    public String of(SourceFrame frame, DemangleMode mode) {
        boolean isGo = frame.source() == SymbolSource.PCLNTAB || frame.language() == SourceLanguage.GO;
        return isGo ? frame.rawName() : of(PartNames.functionOf(frame.rawName()), mode);
    }

    private String of(String rawName, DemangleMode mode) {
        return mode == DemangleMode.NONE ? rawName : names.get(new MangledName(rawName, mode));
    }
}
