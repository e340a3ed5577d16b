package dev.stackmapd.cli;

import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.DwarfVisitor;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.dwarf.WalkedUnit;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `stackmapd explain`: prints which files on this machine provide names for the code of a binary, which
/// are missing, and where they were searched. Reads all debug information.
@Command(
        name = "explain",
        description = "Says what names the code of a binary, what is missing, and where it was looked for.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:there is debug information, and all of it is here",
            "1:there is none, or a part of it is missing or damaged",
            "64:an option cannot be read",
            "65:the file is no ELF file, or is damaged",
            "66:there is no such file, or it may not be read"
        })
@SuppressWarnings("NullAway.Init") // picocli sets them before it calls
final class Explain implements Callable<Integer> {
    private static final int INCOMPLETE = 1;

    /// Memory for one unit; the default of an index build.
    private static final long MAX_UNIT_BYTES = 256L << 20;

    private static final int MAX_PARTS = 100;

    @Parameters(paramLabel = "BINARY", description = "An executable, shared library or debug file.")
    private Path binary;

    @Option(
            names = "--debug-file-directory",
            paramLabel = "DIR",
            description = "Looks for debug files there instead of in /usr/lib/debug. May be repeated.")
    private List<Path> debugFolders = List.of(Path.of("/usr/lib/debug"));

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandException {
        LocalBinary opened = LocalBinary.open(binary, debugFolders);
        Optional<DwarfFile> dwarf = opened.files().dwarf();
        List<FileSymbols> tables = opened.files().fileSymbols();
        try (BinarySymbols symbols = opened.files().symbols()) {
            Set<LackingPart> lacking = new LinkedHashSet<>(symbols.lacking(MAX_PARTS));
            dwarf.ifPresent(
                    found -> found.walk(new Lacking(lacking), new ReadBudget(MAX_UNIT_BYTES, ReadBudget.ENDLESS)));
            PrintWriter out = spec.commandLine().getOut();
            print(out, "build-id", opened.buildId().map(BuildId::hex).orElse("none"));
            print(
                    out,
                    "debug information",
                    dwarf.map(found -> units(found, opened)).orElse("none"));
            print(out, "symbols", symbols(tables));
            opened.damages().forEach(damage -> print(out, "damaged", damage));
            tables.forEach(file -> file.skipped().forEach(skipped -> print(out, "damaged", skipped.detail())));
            lacking.forEach(part -> print(out, "missing", text(part)));
            boolean isComplete =
                    dwarf.isPresent() && lacking.isEmpty() && opened.damages().isEmpty();
            if (!isComplete) {
                opened.lookedFor().forEach(place -> print(out, "looked for", place + found(place)));
            }
            return isComplete ? Commands.OK : INCOMPLETE;
        }
    }

    private static void print(PrintWriter out, String subject, String text) {
        out.printf("%-18s %s%n", subject, text);
    }

    private static String units(DwarfFile dwarf, LocalBinary opened) {
        return "in %s, %d units"
                .formatted(opened.debugFile().map(Path::toString).orElse("the file itself"), dwarf.unitCount());
    }

    private static String symbols(List<FileSymbols> files) {
        String all = files.stream()
                .flatMap(file -> file.tables().stream())
                .map(table -> table.source().label() + " " + size(table))
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }

    private static String size(SymbolTable table) {
        return table.size() == 1 ? "1 function" : table.size() + " functions";
    }

    private static String text(LackingPart part) {
        return "%s %s (%s)"
                .formatted(
                        part.kind().label(),
                        part.name(),
                        switch (part.reason()) {
                            case MISSING -> "not found";
                            case DAMAGED -> "damaged";
                            case TOO_LARGE -> "too large";
                        });
    }

    private static String found(Path place) {
        return Files.exists(place) ? " (is there)" : " (is not there)";
    }

    /// Collects the parts of the debug information that a walk over all of it has to skip.
    private record Lacking(Set<LackingPart> parts) implements DwarfVisitor {
        @Override
        public void unit(WalkedUnit unit) {}

        @Override
        public void function(int depth, long key) {}

        @Override
        public void inlined(int depth, long key, int callFile, int callLine, int callColumn, int callDiscriminator) {}

        @Override
        public void range(long low, long high) {}

        @Override
        public void row(long address, int file, int line, int column, int discriminator, boolean isStatement) {}

        @Override
        public void endOfSequence(long address) {}

        @Override
        public void endOfUnit() {}

        @Override
        public void skipped(SkippedPart part) {
            if (parts.size() < MAX_PARTS) {
                parts.add(part.lacking());
            }
        }
    }
}
