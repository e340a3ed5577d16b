package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Caches that are full take what they may take.
class CacheBytesTest {

    private static SymbolCache cache(long maxBytes) {
        Duration hour = Duration.ofHours(1);
        return new SymbolCache(new SymbolizerLimits(maxBytes, hour, hour, hour, 1), Ticker.systemTicker());
    }

    @ParameterizedTest
    @CsvSource({"6000000, 1, 0", "20000000, 1, 0", "20000000, 6, 0", "20000000, 1, 3"})
    void ofAnswers(int maxBytes, int frames, int lacking) {
        long measured = RetainedHeap.of(() -> {
            SymbolCache cache = cache(maxBytes);
            OpenBinary ready = new OpenBinary(
                    List.of(),
                    new BinaryFiles().symbols(),
                    Set.of(),
                    () -> false,
                    new OpenBinary.Basis.Files(() -> ""));
            for (int i = 0; i < maxBytes / 100; i++) {
                cache.remember(ready, i, naming(i, frames, lacking));
            }
            return cache;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }

    private static SourceFrames naming(int number, int frames, int lacking) {
        List<SourceFrame> all = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            all.add(new SourceFrame(
                    "_ZN4core3ops8function6FnOnce9call_once17h%d_%dE".formatted(number, i),
                    "/build/source/library/core/src/ops/function-%d-%d.rs".formatted(number, i),
                    number,
                    i,
                    i,
                    SymbolSource.DWARF,
                    SourceLanguage.RUST,
                    false));
        }
        List<LackingPart> parts = new ArrayList<>();
        for (int i = 0; i < lacking; i++) {
            parts.add(new LackingPart(
                    LackingPart.Kind.DWO, "unit-%d-%d.dwo".formatted(number, i), LackingPart.Reason.MISSING));
        }
        return new SourceFrames(all, parts);
    }

    @ParameterizedTest
    @ValueSource(ints = {6_000_000, 20_000_000})
    void ofNegatives(int maxBytes) {
        long measured = RetainedHeap.of(() -> {
            SymbolCache cache = cache(maxBytes);
            for (int i = 0; i < maxBytes / 100; i++) {
                LoadResult.Broken bad =
                        new LoadResult.Broken("offset 0x%x: sh_entsize is %d, sh_size 24".formatted(i, i));
                var _ = cache.binary(BuildId.parse("%040x".formatted(i)).orElseThrow(), id -> bad);
            }
            return cache;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }

    @ParameterizedTest
    @ValueSource(ints = {6_000_000, 20_000_000})
    void ofDemangledNames(int maxBytes) {
        long measured = RetainedHeap.of(() -> {
            DemangledNames names = new DemangledNames(maxBytes);
            for (int i = 0; i < maxBytes / 100; i++) {
                String text = "a_function_whose_name_is_%08d".formatted(i);
                SourceFrame frame = new SourceFrame(
                        "_ZN5space%d%sEv".formatted(text.length(), text),
                        "",
                        0,
                        0,
                        0,
                        SymbolSource.SYMTAB,
                        SourceLanguage.UNKNOWN,
                        false);
                var _ = names.of(frame, DemangleMode.FULL);
            }
            return names;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }
}
