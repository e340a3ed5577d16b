package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures the first look-up for a build-id: opens the file, looks one random code address up with its
/// inlined calls, and closes the file. JVM and page cache are warm, and every address has a new
/// [DwarfFile]. The peers are whole processes of `llvm-symbolizer-19` and `eu-addr2line` for the same
/// addresses.
///
/// Prints milliseconds of wall and CPU time, and peak resident memory: of the peers' processes, and of
/// this one, including the JVM. For a fair peak, run it for one address (`COUNT` 1, no warm-up).
///
/// Usage: `elf-core/bench.sh FirstAnswer FILE COUNT SEED WARM-UP-ROUNDS [PEER...]`. Peers are measured
/// with GNU `time`.
final class FirstAnswer {
    private static final double NANOS = 1e6;

    private FirstAnswer() {}

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[0]);
        long[] sample = Sample.of(path, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        for (int i = Integer.parseInt(arguments[3]); i > 0; i--) {
            ours(path, sample);
        }
        System.out.println(path.getFileName() + ", " + sample.length + " addresses");
        ours(path, sample).print("ours");
        System.out.println("  peak of this process, JVM included: " + peakMegabytes() + " MB");
        for (String peer : List.of(arguments).subList(4, arguments.length)) {
            peer(peer, path, sample).print(peer);
        }
    }

    private static Times ours(Path path, long[] sample) throws IOException, MalformedBinaryException {
        Times times = new Times(sample.length);
        for (int i = 0; i < sample.length; i++) {
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long wall = System.nanoTime();
            try (ElfFile file = ElfFile.open(path, ParseLimits.DEFAULT);
                    DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
                dwarf.lookup(new ElfAddress(sample[i]));
            }
            times.wall[i] = (System.nanoTime() - wall) / NANOS;
            times.cpu[i] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / NANOS;
        }
        return times;
    }

    private static Times peer(String tool, Path path, long[] sample) throws IOException, InterruptedException {
        Times times = new Times(sample.length);
        for (int i = 0; i < sample.length; i++) {
            List<String> command = new ArrayList<>(List.of("/usr/bin/time", "-f", "%U %S %M", tool));
            command.addAll(
                    tool.startsWith("eu-") ? List.of("-f", "-i", "-e") : List.of("--no-debuginfod", "-a", "--obj"));
            command.addAll(List.of(path.toString(), "0x" + Long.toHexString(sample[i])));
            long wall = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader report = process.errorReader()) {
                String[] numbers = report.lines()
                        .reduce((first, last) -> last)
                        .orElse("0 0 0")
                        .split(" ", 3);
                process.waitFor();
                times.wall[i] = (System.nanoTime() - wall) / NANOS;
                times.cpu[i] = 1000 * (Double.parseDouble(numbers[0]) + Double.parseDouble(numbers[1]));
                times.peak = Math.max(times.peak, Long.parseLong(numbers[2]) / 1024);
            }
        }
        return times;
    }

    private static long peakMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    private static final class Times {
        private final double[] wall;
        private final double[] cpu;
        private long peak;

        Times(int count) {
            wall = new double[count];
            cpu = new double[count];
        }

        void print(String name) {
            System.out.printf("  %-20s wall ms %s   CPU ms %s%s%n", name, quantiles(wall), quantiles(cpu), megabytes());
        }

        private String megabytes() {
            return peak == 0 ? "" : "   peak " + peak + " MB";
        }

        private static String quantiles(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return "%.1f / %.1f / %.1f / %.1f"
                    .formatted(
                            sorted[0],
                            sorted[sorted.length / 2],
                            sorted[sorted.length * 9 / 10],
                            sorted[sorted.length - 1]);
        }
    }
}
