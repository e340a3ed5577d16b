package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Measures one look-up in an open symbol table, without creating the name.
///
/// Tables as large as those of libc (3,000), of a large C++ library (50,000) and of a browser (500,000):
/// functions of 16 bytes to 4 KiB, padded to 16. Addresses repeat as profiles repeat: nine in ten come
/// from the 500 hottest functions, one in ten from anywhere, gaps included. `treeMap` is
/// `TreeMap.floorEntry` and a check of the size, which could not answer for nested functions (there are
/// none here); the set-up proves that both agree.
///
/// Run it with `elf-core/bench.sh SymbolTableBenchmark`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SymbolTableBenchmark {
    private static final int PROBES = 1 << 14;
    private static final long BASE = 0x401000;

    @Param({"3000", "50000", "500000"})
    int functions = 1;

    private final TreeMap<Long, RawSymbol> tree = new TreeMap<>();
    private final long[] probes = new long[PROBES];
    private SymbolTable table = SymbolTable.EMPTY;

    /// Builds both tables and compares their answers.
    @Setup
    public void build() throws MalformedBinaryException {
        Random random = new Random(20_261_123);
        RawSymbol[] symbols = new RawSymbol[functions];
        long at = BASE;
        for (int i = 0; i < functions; i++) {
            long size = 16L << random.nextInt(9);
            symbols[i] = RawSymbol.function("_ZN4some9namespace8functionEv" + i, at, size - random.nextInt(8));
            tree.put(at, symbols[i]);
            at += size;
        }
        for (int i = 0; i < PROBES; i++) {
            int hottest = random.nextInt(10) == 0 ? functions : Math.min(500, functions);
            RawSymbol symbol = symbols[(int) (random.nextInt(hottest) * 7919L % functions)];
            probes[i] = symbol.value() + random.nextLong(symbol.size() + 4);
        }
        try (ElfFile file = ElfFile.of("benchmark", image(symbols), ParseLimits.DEFAULT)) {
            table = SymbolTable.read(file);
        }
        for (long probe : probes) {
            if ((table.indexOf(probe) != SymbolTable.NONE) != treeHolds(probe)) {
                throw new IllegalStateException("answers differ at " + probe);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(PROBES)
    public int ours() {
        int found = 0;
        for (long probe : probes) {
            found += table.indexOf(probe) != SymbolTable.NONE ? 1 : 0;
        }
        return found;
    }

    @Benchmark
    @OperationsPerInvocation(PROBES)
    public int treeMap() {
        int found = 0;
        for (long probe : probes) {
            found += treeHolds(probe) ? 1 : 0;
        }
        return found;
    }

    private boolean treeHolds(long address) {
        Map.Entry<Long, RawSymbol> entry = tree.floorEntry(address);
        return entry != null && address - entry.getKey() < entry.getValue().size();
    }

    private static byte[] image(RawSymbol[] symbols) {
        return ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[4])
                        .with(SectionField.SH_FLAGS, 6))
                .symbols(".symtab", RawSection.SHT_SYMTAB, symbols)
                .build();
    }
}
