package dev.stackmapd.elfcore.index;

import com.sun.management.OperatingSystemMXBean;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.lookup.AddressBatch;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/// Builds the index of a real binary several times and looks addresses up in it, for `compare-index.sh`,
/// which measures the same with llvm-gsymutil. Run it with `elf-core/bench.sh IndexMeasurement BINARY
/// INDEX ADDRESS-FOLDER`. Prints CPU and wall times.
///
/// Addresses are of two kinds, a million each. `uniform` are distributed over the functions' code.
/// `zipf` are like those of a sampling profiler: functions by Zipf's law (exponent 1.1), in each one to
/// eight hot addresses. Both are written to files, so that a peer gets the same ones.
final class IndexMeasurement {
    private static final int BUILDS = 6;
    private static final int ROUNDS = 12;
    private static final int WARM_UP = 4;
    private static final int ADDRESSES = 1_000_000;
    private static final int HOT = 8;
    private static final int TOGETHER = 100_000;
    private static final double EXPONENT = 1.1;
    private static final long SEED = 20_240_229;

    private IndexMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Path binary = Path.of(arguments[0]);
        Path target = Path.of(arguments[1]);
        Path folder = Path.of(arguments[2]);
        for (int i = 0; i < BUILDS; i++) {
            long wall = System.nanoTime();
            long cpu = processCpu();
            IndexBuilding built = build(binary, target);
            System.out.printf(
                    "build %d: %.2f s, %.2f CPU-s of the process, %s%n",
                    i + 1, (System.nanoTime() - wall) / 1e9, (processCpu() - cpu) / 1e9, built);
        }
        System.out.println("peak memory: " + memory());
        try (SymbolIndex index = FixtureIndex.open(target)) {
            long[] functions = functionStarts(index);
            measure(index, "uniform", uniform(index, functions), folder);
            measure(index, "zipf", zipf(functions), folder);
        }
    }

    private static IndexBuilding build(Path binary, Path target) throws IOException, MalformedBinaryException {
        try (ElfFile elf = ElfFile.open(binary, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE)) {
            return new IndexBuilder(FixtureIndex.ORIGIN, IndexSettings.DEFAULT)
                    .dwarf(dwarf)
                    .symbols(SymbolTable.read(elf))
                    .write(target);
        }
    }

    private static long processCpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static List<String> memory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.matches("(VmHWM|RssAnon|RssFile).*"))
                .map(line -> line.replaceAll("\\s+", " "))
                .toList();
    }

    private static void measure(SymbolIndex index, String name, long[] addresses, Path folder) throws Exception {
        StringBuilder text = new StringBuilder();
        for (long address : addresses) {
            text.append("0x").append(Long.toHexString(address)).append('\n');
        }
        Files.writeString(folder.resolve(name + ".addresses"), text);
        FrameCursor cursor = new FrameCursor();
        print(name + ", one by one", addresses.length, () -> oneByOne(index, addresses, cursor));
        print(name + ", frames one by one", addresses.length, () -> framesOneByOne(index, addresses));
        print(name + ", frames in batches", addresses.length, () -> batches(index, addresses));
    }

    private static long oneByOne(SymbolIndex index, long[] addresses, FrameCursor cursor) {
        long sum = 0;
        try {
            for (long address : addresses) {
                int frames = index.find(address, cursor);
                for (int i = 0; i < frames; i++) {
                    sum += cursor.function(i) + cursor.file(i) + cursor.line(i);
                }
            }
        } catch (MalformedBinaryException e) {
            throw new AssertionError(e);
        }
        return sum;
    }

    /// Looks addresses up with names and paths, as a caller outside of this module does.
    private static long framesOneByOne(SymbolIndex index, long[] addresses) {
        BinarySymbols symbols = new IndexBackedSymbols(index, () -> {});
        long sum = 0;
        try {
            for (long address : addresses) {
                sum += symbols.find(new ElfAddress(address)).frames().size();
            }
        } catch (MalformedBinaryException e) {
            throw new AssertionError(e);
        }
        return sum;
    }

    private static long batches(SymbolIndex index, long[] addresses) {
        BinarySymbols symbols = new IndexBackedSymbols(index, () -> {});
        long[] sum = {0};
        try {
            for (int from = 0; from < addresses.length; from += TOGETHER) {
                long[] part = Arrays.copyOfRange(addresses, from, Math.min(addresses.length, from + TOGETHER));
                symbols.find(
                        AddressBatch.of(part),
                        (position, answer) -> sum[0] += answer.frames().size());
            }
        } catch (MalformedBinaryException e) {
            throw new AssertionError(e);
        }
        return sum[0];
    }

    private static void print(String what, int count, LongSupplier work) {
        long sum = 0;
        double[] times = new double[ROUNDS - WARM_UP];
        for (int round = 0; round < ROUNDS; round++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            sum += work.getAsLong();
            double time = (double) (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / count;
            if (round >= WARM_UP) {
                times[round - WARM_UP] = time;
            }
        }
        Arrays.sort(times);
        System.out.printf(
                "%s: %.0f / %.0f / %.0f CPU-ns an address (checksum %d)%n",
                what, times[0], times[times.length / 2], times[times.length - 1], sum);
    }

    /// Returns the ranges of consecutive answers with the same function, as pairs of start and end.
    private static long[] functionStarts(SymbolIndex index) throws MalformedBinaryException {
        List<Long> found = new ArrayList<>();
        FrameCursor cursor = new FrameCursor();
        int last = SymbolIndex.NO_FUNCTION;
        for (long at = index.base(); at != index.base() + index.span(); at = cursor.end()) {
            int frames = index.find(at, cursor);
            int function = frames == 0 ? SymbolIndex.NO_FUNCTION : cursor.function(frames - 1);
            if (function == SymbolIndex.NO_FUNCTION) {
                last = function;
            } else if (function == last) {
                found.set(found.size() - 1, cursor.end());
            } else {
                found.add(at);
                found.add(cursor.end());
                last = function;
            }
        }
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] uniform(SymbolIndex index, long[] functions) {
        Random random = new Random(SEED);
        long[] addresses = new long[ADDRESSES];
        for (int i = 0; i < addresses.length; ) {
            long address = index.base() + random.nextLong(index.span());
            int at = Arrays.binarySearch(functions, address);
            boolean inside = at >= 0 ? at % 2 == 0 : (-at - 1) % 2 == 1;
            addresses[i] = address;
            i += inside ? 1 : 0;
        }
        return addresses;
    }

    private static long[] zipf(long[] functions) {
        Random random = new Random(SEED);
        int count = functions.length / 2;
        double[] weights = new double[count];
        int[] order = new int[count];
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += Math.pow(i + 1.0, -EXPONENT);
            weights[i] = total;
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        long[] hot = new long[count * HOT];
        for (int i = 0; i < hot.length; i++) {
            int function = i / HOT * 2;
            hot[i] = functions[function] + random.nextLong(functions[function + 1] - functions[function]);
        }
        long[] addresses = new long[ADDRESSES];
        for (int i = 0; i < addresses.length; i++) {
            int drawn = Arrays.binarySearch(weights, random.nextDouble() * total);
            int function = order[Math.min(drawn < 0 ? -drawn - 1 : drawn, count - 1)];
            addresses[i] = hot[function * HOT + random.nextInt(function % HOT + 1)];
        }
        return addresses;
    }
}
