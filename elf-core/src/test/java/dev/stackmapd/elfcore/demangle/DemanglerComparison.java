package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Compares [Demangler] with another demangler on whole symbol tables. `elf-core/compare-demangler.sh`
/// runs it.
///
/// Arguments: pairs of files, mangled names and the other tool's answers, one name on each line. Prints,
/// for each pair, how many names there were, how many the other tool demangled and how many answers
/// differ, by kind and with examples.
public final class DemanglerComparison {

    private static final int EXAMPLES = 3;
    private static final int WARM_UP = 20;
    private static final int MEASURED = 10;

    /// The reason why two answers differ.
    enum DifferenceKind {
        /// Our answer was cut at the output limit.
        CUT,
        /// The other tool returned the name unchanged, we read it.
        ONLY_OURS,
        /// We returned the name unchanged, the other tool read it.
        ONLY_THEIRS,
        /// Both read it, and spell it differently.
        SPELLING
    }

    private record Difference(String mangled, String theirs, String ours) {
        DifferenceKind kind() {
            if (ours.contains(DemangleLimits.TRUNCATED)) {
                return DifferenceKind.CUT;
            }
            if (theirs.equals(mangled)) {
                return DifferenceKind.ONLY_OURS;
            }
            return ours.equals(mangled) ? DifferenceKind.ONLY_THEIRS : DifferenceKind.SPELLING;
        }
    }

    private DemanglerComparison() {}

    public static void main(String[] files) throws IOException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        for (int i = 0; i + 1 < files.length; i += 2) {
            compare(Path.of(files[i]), Path.of(files[i + 1]), out);
        }
    }

    private static void compare(Path names, Path answers, PrintStream out) throws IOException {
        List<String> mangled = Files.readAllLines(names);
        List<String> theirs = Files.readAllLines(answers);
        Demangler demangler = new Demangler();
        Map<DifferenceKind, List<Difference>> differences = new TreeMap<>();
        int demangled = 0;
        int differing = 0;
        for (int i = 0; i < mangled.size(); i++) {
            String ours = demangler.demangle(mangled.get(i), DemangleMode.FULL);
            demangled += theirs.get(i).equals(mangled.get(i)) ? 0 : 1;
            if (!ours.equals(theirs.get(i))) {
                Difference difference = new Difference(mangled.get(i), theirs.get(i), ours);
                differences
                        .computeIfAbsent(difference.kind(), kind -> new ArrayList<>())
                        .add(difference);
                differing++;
            }
        }
        out.printf(
                "%s: %d names, %d demangled by the other tool, %d differ: %.3f %% equal%n",
                names.getFileName(),
                mangled.size(),
                demangled,
                differing,
                100.0 * (mangled.size() - differing) / Math.max(1, mangled.size()));
        differences.forEach((kind, all) -> print(kind, all, out));
        out.printf("  %d ns of this thread's CPU time a name, warm%n", cpuTimePerName(mangled, demangler));
    }

    /// CPU time rather than the clock's, so that a shared machine does not show.
    private static long cpuTimePerName(List<String> names, Demangler demangler) {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long characters = 0;
        long begin = 0;
        for (int round = 0; round < WARM_UP + MEASURED; round++) {
            begin = round == WARM_UP ? thread.getCurrentThreadCpuTime() : begin;
            for (String name : names) {
                characters += demangler.demangle(name, DemangleMode.FULL).length();
            }
        }
        long spent = thread.getCurrentThreadCpuTime() - begin;
        return characters == 0 ? 0 : spent / MEASURED / names.size();
    }

    private static void print(DifferenceKind kind, List<Difference> all, PrintStream out) {
        out.printf("  %s: %d%n", kind, all.size());
        for (Difference difference : all.subList(0, Math.min(EXAMPLES, all.size()))) {
            out.printf(
                    "    name   %s%n    theirs %s%n    ours   %s%n",
                    difference.mangled(), shortened(difference.theirs()), shortened(difference.ours()));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 400 ? text : text.substring(0, 400) + " [" + text.length() + " characters]";
    }
}
