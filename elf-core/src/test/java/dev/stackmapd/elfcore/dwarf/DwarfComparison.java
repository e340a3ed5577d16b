package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Holds look-ups in a file against llvm-symbolizer's answers for the same addresses, drawn from the executable
/// segments with a fixed seed; `compare-dwarf.sh` says how to get the files.
///
/// Prints the shares that agree, and every difference by category with its first examples.
///
/// usage: `DwarfComparison FILE COUNT SEED [TOOL]`, TOOL being `llvm-symbolizer-19` or `eu-addr2line`
final class DwarfComparison {
    private static final int EXAMPLES = 3;

    private final NameAgreement names;
    private final Map<String, Integer> counts = new TreeMap<>();
    private int addresses;
    private int innermostPlaces;
    private int innermostNames;
    private int wholeChains;
    private int columns;

    private DwarfComparison(NameAgreement names) {
        this.names = names;
    }

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[0]);
        String tool = arguments.length > 3 ? arguments[3] : "llvm-symbolizer-19";
        try (ElfFile file = ElfFile.open(path, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            long[] sample = sample(file, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
            Map<Long, List<ForeignFrame>> theirs = tool.startsWith("eu-")
                    ? ForeignFrame.elfutils(path, sample)
                    : ForeignFrame.llvm(tool, path, sample);
            DwarfComparison comparison = new DwarfComparison(new NameAgreement(file));
            theirs.forEach((address, frames) -> comparison.compare(address, dwarf, frames));
            comparison.print(path, tool);
        }
    }

    private static long[] sample(ElfFile file, int count, long seed) {
        List<LoadSegment> code =
                file.loadSegments().stream().filter(LoadSegment::executable).toList();
        long[] sizes = code.stream().mapToLong(LoadSegment::fileSize).toArray();
        long total = Arrays.stream(sizes).sum();
        Random random = new Random(seed);
        long[] sample = new long[count];
        for (int i = 0; i < count; i++) {
            long at = random.nextLong(total);
            int segment = 0;
            while (at >= sizes[segment]) {
                at -= sizes[segment++];
            }
            sample[i] = code.get(segment).address().value() + at;
        }
        Arrays.sort(sample);
        return Arrays.stream(sample).distinct().toArray();
    }

    private void compare(long address, DwarfFile dwarf, List<ForeignFrame> theirs) {
        List<DwarfFrame> ours = switch (dwarf.lookup(new ElfAddress(address))) {
            case DwarfAnswer.Found found -> found.frames();
            case DwarfAnswer.Missing missing -> List.of();
        };
        // A peer that has only a symbol prints its name, and as file that of the symbol's unit.
        boolean onlySymbol = theirs.stream().allMatch(frame -> frame.file().isEmpty() || frame.line() == 0);
        if (ours.isEmpty() && onlySymbol) {
            return;
        }
        addresses++;
        if (ours.isEmpty() || theirs.isEmpty()) {
            note(ours.isEmpty() ? "only the peer has an answer" : "only we have an answer", address, ours, theirs);
            return;
        }
        compareInnermost(address, ours, theirs);
        compareChains(address, ours, theirs);
    }

    private void compareInnermost(long address, List<DwarfFrame> ours, List<ForeignFrame> theirs) {
        DwarfFrame our = ours.getFirst();
        ForeignFrame their = theirs.getFirst();
        NameAgreement.Kind name = names.compare(our.names(), their.name());
        innermostNames += name.agrees() ? 1 : 0;
        boolean place = samePlace(our, their);
        innermostPlaces += place ? 1 : 0;
        columns += place && our.column() == their.column() ? 1 : 0;
        if (name != NameAgreement.Kind.SAME) {
            note("innermost name: " + name, address, ours, theirs);
        }
        if (!place) {
            note("innermost place: " + placeDifference(our, their), address, ours, theirs);
        }
    }

    private static String placeDifference(DwarfFrame our, ForeignFrame their) {
        if (our.file().isEmpty() || their.file().isEmpty()) {
            return our.file().isEmpty() ? "no file in ours" : "no file in theirs";
        }
        return our.file().equals(their.file()) ? "line" : "file";
    }

    private void compareChains(long address, List<DwarfFrame> ours, List<ForeignFrame> theirs) {
        if (ours.size() != theirs.size()) {
            note(
                    ours.size() > theirs.size() ? "we have more frames" : "the peer has more frames",
                    address,
                    ours,
                    theirs);
            return;
        }
        for (int i = 0; i < ours.size(); i++) {
            boolean named =
                    names.compare(ours.get(i).names(), theirs.get(i).name()).agrees();
            if (!named || !samePlace(ours.get(i), theirs.get(i))) {
                note(
                        i == 0 ? "chain: innermost frame" : named ? "chain: call place" : "chain: name",
                        address,
                        ours,
                        theirs);
                return;
            }
        }
        wholeChains++;
    }

    private static boolean samePlace(DwarfFrame our, ForeignFrame their) {
        return our.line() == their.line() && our.file().equals(their.file());
    }

    private void note(String category, long address, List<DwarfFrame> ours, List<ForeignFrame> theirs) {
        int seen = counts.merge(category, 1, Integer::sum);
        if (seen <= EXAMPLES) {
            System.out.printf(
                    "%s at 0x%x%n  ours   %s%n  theirs %s%n", category, address, shorten(ours), shorten(theirs));
        }
    }

    private static String shorten(List<?> frames) {
        String text = frames.toString();
        return text.length() > 600 ? text.substring(0, 600) + "…" : text;
    }

    private void print(Path path, String tool) {
        System.out.printf("%n%s against %s: %d addresses known to either%n", path.getFileName(), tool, addresses);
        System.out.printf("innermost file and line  %7.3f %%%n", share(innermostPlaces));
        System.out.printf("  and column             %7.3f %%%n", share(columns));
        System.out.printf("innermost name           %7.3f %% (up to alias and clone suffix)%n", share(innermostNames));
        System.out.printf("whole chain              %7.3f %%%n", share(wholeChains));
        counts.forEach((category, count) -> System.out.printf("  %7.3f %%  %6d  %s%n", share(count), count, category));
    }

    private double share(int count) {
        return 100.0 * count / addresses;
    }
}
