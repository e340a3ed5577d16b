package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.symbolize.SymbolCache.EntryType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SymbolCacheTest {
    private static final BuildId APP = BuildId.parse("0a").orElseThrow();
    private static final BuildId LIBRARY = BuildId.parse("0b").orElseThrow();
    private static final SourceFrames FRAMES = new SourceFrames(
            List.of(new SourceFrame("f", "f.c", 1, 1, 0, SymbolSource.DWARF, SourceLanguage.C, false)), List.of());
    private static final SymbolizerLimits SMALL =
            new SymbolizerLimits(20_000, Duration.ofMinutes(60), Duration.ofMinutes(1), Duration.ofMinutes(10), 1);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger loads = new AtomicInteger();
    private final SymbolCache cache = new SymbolCache(SMALL, nanos::get);

    private OpenBinary open() {
        return new OpenBinary(
                List.of(), new BinaryFiles().symbols(), Set.of(), () -> false, new OpenBinary.Basis.Files(() -> ""));
    }

    /// Asks for a binary and leaves it.
    private OpenBinary load(BuildId buildId) {
        OpenBinary binary = hold(buildId);
        binary.leave();
        return binary;
    }

    private OpenBinary hold(BuildId buildId) {
        return (OpenBinary) cache.binary(buildId, id -> {
            loads.incrementAndGet();
            return open();
        });
    }

    private LoadResult miss(BuildId buildId) {
        return cache.binary(buildId, id -> {
            loads.incrementAndGet();
            return new LoadResult.Absent(SymbolizationResult.Cause.NOT_HELD);
        });
    }

    @Test
    void answersBelongToTheOpeningThatGaveThem() {
        OpenBinary first = load(APP);
        cache.remember(first, 1, FRAMES);
        assertThat(cache.answer(first, 1)).contains(FRAMES);
        assertThat(cache.answer(first, 2)).isEmpty();
        cache.forget(APP);
        assertThat(cache.answer(load(APP), 1)).isEmpty();
        assertThat(cache.hits(EntryType.ANSWER)).isEqualTo(1);
        assertThat(cache.misses(EntryType.ANSWER)).isEqualTo(2);
        assertThat(cache.misses(EntryType.BINARY)).isEqualTo(2);
        assertThat(cache.removals(EntryType.BINARY, RemovalCause.EXPLICIT)).isEqualTo(1);
    }

    @Test
    void aForgottenBinaryTakesNoMoreReaders() {
        OpenBinary binary = hold(APP);
        assertThat(hold(APP)).isSameAs(binary);
        binary.leave();
        cache.forget(APP);
        assertThat(binary.enter()).isFalse();
        binary.leave();
        assertThat(hold(APP)).isNotSameAs(binary);
    }

    @Test
    void negativesAreForgottenSooner() {
        miss(APP);
        miss(APP);
        assertThat(loads).hasValue(1);
        assertThat(cache.hits(EntryType.NEGATIVE)).isEqualTo(1);
        nanos.addAndGet(SMALL.absent().toNanos() + 1);
        miss(APP);
        assertThat(loads).hasValue(2);
        assertThat(cache.removals(EntryType.NEGATIVE, RemovalCause.EXPIRED)).isEqualTo(1);
    }

    @Test
    void everythingIsUnderOneBudget() {
        OpenBinary binary = load(APP);
        for (int address = 0; address < 10_000; address++) {
            cache.remember(binary, address, FRAMES);
            miss(BuildId.parse("%08x".formatted(address)).orElseThrow());
            assertThat(cache.bytes()).isLessThanOrEqualTo(SMALL.cacheBytes());
        }
        assertThat(cache.removals(EntryType.ANSWER, RemovalCause.SIZE)).isPositive();
        assertThat(cache.removals(EntryType.NEGATIVE, RemovalCause.SIZE)).isPositive();
    }

    /// Open files count 48 MB, for the debug information that they may come to decode.
    @Test
    void aBinaryLargerThanTheBudgetStaysAllTheSame() throws Exception {
        ElfFile file = ElfFile.open(Fixtures.path("binaries/dwarf/plain"), ParseLimits.DEFAULT);
        BinaryFiles files = new BinaryFiles();
        files.add(file);
        files.useDebugInformation(file, DebugFileFinder.NONE);
        OpenBinary large =
                new OpenBinary(List.of(), files.symbols(), Set.of(), () -> false, new OpenBinary.Basis.Files(() -> ""));
        assertThat(large.heapBytes()).isGreaterThan(SMALL.cacheBytes());
        for (int i = 0; i < 2; i++) {
            assertThat(cache.binary(APP, id -> {
                        loads.incrementAndGet();
                        return large;
                    }))
                    .isSameAs(large);
        }
        assertThat(loads).hasValue(1);
        cache.forget(APP);
    }

    @Test
    void onlyWhatTheFileWouldHelpIsForgotten() {
        OpenBinary lacking = (OpenBinary) cache.binary(
                APP,
                id -> new OpenBinary(
                        List.of(),
                        new BinaryFiles().symbols(),
                        Set.of(LIBRARY),
                        () -> false,
                        new OpenBinary.Basis.Files(() -> "")));
        lacking.leave();
        load(LIBRARY);
        cache.forget((buildId, loaded) -> loaded instanceof OpenBinary ready && ready.lacks(LIBRARY));
        assertThat(lacking.enter()).isFalse();
        load(LIBRARY);
        assertThat(loads).hasValue(1);
    }
}
