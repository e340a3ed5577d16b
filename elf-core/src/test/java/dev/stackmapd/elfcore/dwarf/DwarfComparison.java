package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Compares look-ups in a file with llvm-symbolizer's answers for the same addresses, drawn from the
/// executable segments with a fixed seed; `compare-dwarf.sh` makes the files and runs it.
///
/// Prints the shares that agree, and every difference by category with its first examples.
///
/// Usage: `elf-core/bench.sh DwarfComparison FILE COUNT SEED [TOOL [MB]]`. TOOL is `llvm-symbolizer-19`
/// or `eu-addr2line`; MB is a limit for inflated sections: answers must name the parts that it leaves
/// out, and these are counted separately.
final class DwarfComparison {
    private static final int EXAMPLES = 3;

    private final NameAgreement names;
    private final Map<String, Integer> counts = new TreeMap<>();
    private int addresses;
    private int innermostPlaces;
    private int innermostNames;
    private int functionNames;
    private int wholeChains;
    private int columns;

    private DwarfComparison(NameAgreement names) {
        this.names = names;
    }

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[0]);
        String tool = arguments.length > 3 ? arguments[3] : "llvm-symbolizer-19";
        ParseLimits limits = arguments.length > 4 ? inflating(Long.parseLong(arguments[4])) : ParseLimits.DEFAULT;
        try (ElfFile file = ElfFile.open(path, limits);
                DwarfFile dwarf = DwarfFile.open(file, new LocalDebugFiles(path, List.of(), List.of(), limits))) {
            long[] sample = Arrays.stream(Sample.of(file, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2])))
                    .sorted()
                    .distinct()
                    .toArray();
            Map<Long, List<ForeignFrame>> theirs = tool.startsWith("eu-")
                    ? ForeignFrame.elfutils(path, sample)
                    : ForeignFrame.llvm(tool, path, sample);
            DwarfComparison comparison = new DwarfComparison(new NameAgreement(file));
            theirs.forEach((address, frames) -> comparison.compare(address, dwarf, frames));
            comparison.print(path, tool);
        }
    }

    private static ParseLimits inflating(long megabytes) {
        ParseLimits usual = ParseLimits.DEFAULT;
        return new ParseLimits(
                usual.maxNoteBytes(),
                usual.maxProgramHeaders(),
                usual.maxSections(),
                usual.maxSymbols(),
                usual.maxNameBytes(),
                megabytes << 20,
                usual.dwarf());
    }

    private void compare(long address, DwarfFile dwarf, List<ForeignFrame> theirs) {
        DwarfAnswer answer = dwarf.lookup(new ElfAddress(address));
        List<DwarfFrame> ours = switch (answer) {
            case DwarfAnswer.Found found -> found.frames();
            case DwarfAnswer.Missing missing -> List.of();
        };
        answer.skipped().stream()
                .map(skipped -> "lacking: " + skipped.lacking())
                .distinct()
                .forEach(lacking -> counts.merge(lacking, 1, Integer::sum));
        boolean onlySymbol = theirs.stream().allMatch(ForeignFrame::isOnlySymbol);
        if (ours.isEmpty() && onlySymbol) {
            return;
        }
        addresses++;
        if (theirs.size() > ours.size() && theirs.getFirst().name().isEmpty()) {
            note("padding: the peer answers with the function before it, without its name", address, ours, theirs);
        } else if (ours.isEmpty() || theirs.isEmpty()) {
            note(ours.isEmpty() ? "only the peer has an answer" : "only we have an answer", address, ours, theirs);
        } else {
            compareInnermost(address, ours, theirs);
            compareFunction(address, ours, theirs);
            compareChains(address, ours, theirs);
        }
    }

    private void compareInnermost(long address, List<DwarfFrame> ours, List<ForeignFrame> theirs) {
        DwarfFrame our = ours.getFirst();
        ForeignFrame their = theirs.getFirst();
        NameAgreement.Verdict name = compareNames(our, their, address);
        innermostNames += name.agrees() ? 1 : 0;
        boolean place = samePlace(our, their);
        innermostPlaces += place ? 1 : 0;
        columns += place && our.column() == their.column() ? 1 : 0;
        if (name != NameAgreement.Verdict.SAME) {
            note("innermost name: " + name, address, ours, theirs);
        }
        if (!our.file().equals(their.file()) && their.isDoubled(our.file())) {
            note("innermost place: the peer joins a relative directory twice (forgiven)", address, ours, theirs);
        }
        if (!place) {
            note("innermost place: " + placeDifference(our, their), address, ours, theirs);
        }
    }

    private void compareFunction(long address, List<DwarfFrame> ours, List<ForeignFrame> theirs) {
        NameAgreement.Verdict name =
                names.compare(ours.getLast(), theirs.getLast().name(), address);
        functionNames += name.agrees() ? 1 : 0;
        if (name != NameAgreement.Verdict.SAME) {
            note(
                    "raw name of the function: " + name + ", ours "
                            + (name.agrees()
                                    ? ""
                                    : names.part(ours.getLast(), address).rawName()),
                    address,
                    ours,
                    theirs);
        }
    }

    private NameAgreement.Verdict compareNames(DwarfFrame our, ForeignFrame their, long address) {
        return our.inlined()
                ? NameAgreement.compareInlined(our.names(), their.name())
                : names.compare(our, their.name(), address);
    }

    private static String placeDifference(DwarfFrame our, ForeignFrame their) {
        if (our.file().isEmpty() || their.file().isEmpty()) {
            return our.file().isEmpty() ? "no file in ours" : "no file in theirs";
        }
        if (our.line() == 0 || their.line() == 0) {
            return our.line() == 0 ? "no line in ours" : "no line in theirs";
        }
        if (our.file().equals(their.file())) {
            return "line";
        }
        return baseName(our.file()).equals(baseName(their.file())) && our.line() == their.line()
                ? "same base name and line, other directory"
                : "file";
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
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
            boolean named = compareNames(ours.get(i), theirs.get(i), address).agrees();
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

    /// Where debug information has neither file nor line, llvm-symbolizer guesses the file from the
    /// symbol table.
    private static boolean samePlace(DwarfFrame our, ForeignFrame their) {
        boolean nowhere = our.file().isEmpty() && our.line() == 0 && their.isOnlySymbol();
        return nowhere
                || (our.line() == their.line() && (our.file().equals(their.file()) || their.isDoubled(our.file())));
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
        System.out.printf("innermost name           %7.3f %% (up to alias)%n", share(innermostNames));
        System.out.printf("raw name of the function %7.3f %% (up to alias, parts included)%n", share(functionNames));
        System.out.printf("whole chain              %7.3f %%%n", share(wholeChains));
        counts.forEach((category, count) -> System.out.printf("  %7.3f %%  %6d  %s%n", share(count), count, category));
    }

    private double share(int count) {
        return 100.0 * count / addresses;
    }
}
