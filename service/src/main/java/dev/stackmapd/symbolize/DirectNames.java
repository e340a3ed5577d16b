package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DwarfAnswer;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.DwarfFrame;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.golang.GoAnswer;
import dev.stackmapd.elfcore.golang.GoFrame;
import dev.stackmapd.elfcore.golang.GoTable;
import dev.stackmapd.elfcore.index.SymbolSource;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Answers from the files themselves, as long as there is no index: first debug information, then symbol tables and
/// Go's own table. Owns the files.
final class DirectNames implements CodeNames {
    /// Parts that are remembered as lacking, to be shown of the whole binary.
    private static final int MAX_MET = 100;

    private final List<AutoCloseable> files;
    private final @Nullable DwarfFile dwarf;
    private final List<FileSymbols> symbols;
    private final LinkageNames linkageNames;
    private final @Nullable GoTable goTable;
    private final List<LackingPart> lacksAnyway;
    private final Set<LackingPart> met = ConcurrentHashMap.newKeySet();

    /// @param files what has to be closed in the end, in this order
    /// @param symbols best file first
    /// @param lacksAnyway what every answer does without
    DirectNames(
            List<AutoCloseable> files,
            @Nullable DwarfFile dwarf,
            List<FileSymbols> symbols,
            @Nullable GoTable goTable,
            List<LackingPart> lacksAnyway) {
        this.files = List.copyOf(files);
        this.dwarf = dwarf;
        this.symbols = List.copyOf(symbols);
        this.linkageNames = new LinkageNames(
                symbols.stream().flatMap(s -> s.tables().stream()).toList());
        this.goTable = goTable;
        this.lacksAnyway = List.copyOf(lacksAnyway);
    }

    @Override
    public Naming find(ElfAddress address) throws MalformedBinaryException {
        Optional<Symbol> symbol = symbol(address);
        Naming found = inDwarf(address, symbol);
        if (!found.frames().isEmpty()) {
            return found;
        }
        List<SourceFrame> frames = inGoTable(address, symbol);
        if (frames.isEmpty()) {
            frames = symbol.map(s -> List.of(frame(s, address))).orElse(List.of());
        }
        return new Naming(frames, found.lacking());
    }

    @Override
    public List<LackingPart> lacking(int limit) {
        return Stream.concat(lacksAnyway.stream(), met.stream()).limit(limit).toList();
    }

    private Optional<Symbol> symbol(ElfAddress address) {
        return FileSymbols.find(linkageNames.tables(), address);
    }

    private Naming inDwarf(ElfAddress address, Optional<Symbol> symbol) {
        if (dwarf == null) {
            return new Naming(List.of(), lacksAnyway);
        }
        DwarfAnswer answer = dwarf.lookup(address);
        List<SourceFrame> frames = new ArrayList<>();
        if (answer instanceof DwarfAnswer.Found found) {
            for (DwarfFrame frame : found.frames()) {
                frames.add(frame(frame, address, symbol));
            }
        }
        return new Naming(frames, lacking(answer));
    }

    private List<LackingPart> lacking(DwarfAnswer answer) {
        if (answer.skipped().isEmpty()) {
            return List.of();
        }
        List<LackingPart> lacking =
                answer.skipped().stream().map(SkippedPart::lacking).distinct().toList();
        if (met.size() < MAX_MET) {
            met.addAll(lacking);
        }
        return lacking;
    }

    /// Code of which debug information has only lines, as of assembly, is named by its symbol.
    private SourceFrame frame(DwarfFrame frame, ElfAddress address, Optional<Symbol> symbol) {
        DebugName own = DebugName.of(frame.names(), frame.language());
        if (frame.inlined() || (frame.entry() == 0 && symbol.isEmpty())) {
            return frame(frame, own.rawName(), SourceFrame.NO_OFFSET);
        }
        if (frame.entry() == 0) {
            SourceFrame named = frame(symbol.get(), address);
            return new SourceFrame(
                    named.rawName(),
                    frame.file(),
                    frame.line(),
                    frame.column(),
                    named.functionOffset(),
                    named.source(),
                    named.language(),
                    named.approximate());
        }
        LinkageNames.Part part = linkageNames.partAt(own, frame.entry(), frame.code(), address.value());
        return frame(frame, part.rawName(), address.value() - part.code().start());
    }

    private SourceFrame frame(DwarfFrame frame, String rawName, long functionOffset) {
        return new SourceFrame(
                rawName,
                frame.file(),
                frame.line(),
                frame.column(),
                functionOffset,
                SymbolSource.DWARF,
                frame.language(),
                false);
    }

    /// Go's table takes everything up to its next function for the one before. Where a symbol begins at another
    /// address than the function, the code is not Go's.
    private List<SourceFrame> inGoTable(ElfAddress address, Optional<Symbol> symbol) throws MalformedBinaryException {
        if (goTable == null) {
            return List.of();
        }
        GoAnswer answer = goTable.lookup(address);
        List<GoFrame> frames = answer.frames();
        if (frames.isEmpty()
                || symbol.filter(s -> s.start().value() != frames.getLast().entry())
                        .isPresent()) {
            return List.of();
        }
        return frames.stream()
                .map(frame -> new SourceFrame(
                        frame.function(),
                        frame.file(),
                        frame.line(),
                        0,
                        frame.inlined() ? SourceFrame.NO_OFFSET : address.value() - frame.entry(),
                        SymbolSource.PCLNTAB,
                        SourceLanguage.GO,
                        false))
                .toList();
    }

    private SourceFrame frame(Symbol symbol, ElfAddress address) {
        return new SourceFrame(
                symbol.name(),
                "",
                0,
                0,
                address.value() - symbol.start().value(),
                source(symbol.origin()),
                SourceLanguage.UNKNOWN,
                symbol.approximate());
    }

    static SymbolSource source(Symbol.Origin origin) {
        return switch (origin) {
            case SYMTAB -> SymbolSource.SYMTAB;
            case DYNSYM -> SymbolSource.DYNSYM;
            case MINI -> SymbolSource.MINI_DEBUG_INFO;
            case PCLNTAB -> SymbolSource.PCLNTAB;
            case PLT -> SymbolSource.PLT;
            case PERF_MAP, KALLSYMS -> throw new IllegalArgumentException(origin + " is not of an ELF file");
        };
    }

    @Override
    public long heapBytes() {
        return (dwarf == null ? 0 : dwarf.maxHeapBytes())
                + symbols.stream().mapToLong(FileSymbols::heapBytes).sum();
    }

    @Override
    public void close() {
        for (AutoCloseable file : files) {
            try {
                file.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing a file that was only read", e);
            }
        }
    }
}
