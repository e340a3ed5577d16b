package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DwarfAnswer;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.DwarfFrame;
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
import org.jspecify.annotations.Nullable;

/// Answers from the files themselves, as long as there is no index: first debug information, then symbol tables and
/// Go's own table. Owns the files.
final class DirectNames implements CodeNames {
    private final List<AutoCloseable> files;
    private final @Nullable DwarfFile dwarf;
    private final List<FileSymbols> symbols;
    private final LinkageNames linkageNames;
    private final @Nullable GoTable goTable;
    private final ReadableNames readable;

    /// @param files what has to be closed in the end, in this order
    /// @param symbols best file first
    DirectNames(
            List<AutoCloseable> files,
            @Nullable DwarfFile dwarf,
            List<FileSymbols> symbols,
            @Nullable GoTable goTable,
            ReadableNames readable) {
        this.files = List.copyOf(files);
        this.dwarf = dwarf;
        this.symbols = List.copyOf(symbols);
        this.linkageNames = new LinkageNames(
                symbols.stream().flatMap(s -> s.tables().stream()).toList());
        this.goTable = goTable;
        this.readable = readable;
    }

    @Override
    public List<SourceFrame> find(ElfAddress address) throws MalformedBinaryException {
        Optional<Symbol> symbol = symbol(address);
        List<SourceFrame> found = inDwarf(address, symbol);
        if (found.isEmpty()) {
            found = inGoTable(address, symbol);
        }
        return found.isEmpty() ? symbol.map(s -> List.of(frame(s, address))).orElse(List.of()) : found;
    }

    private Optional<Symbol> symbol(ElfAddress address) {
        return FileSymbols.find(linkageNames.tables(), address);
    }

    private List<SourceFrame> inDwarf(ElfAddress address, Optional<Symbol> symbol) {
        List<SourceFrame> frames = new ArrayList<>();
        if (dwarf != null && dwarf.lookup(address) instanceof DwarfAnswer.Found found) {
            for (DwarfFrame frame : found.frames()) {
                frames.add(frame(frame, address, symbol));
            }
        }
        return frames;
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
                    named.function(),
                    named.rawName(),
                    frame.file(),
                    frame.line(),
                    frame.column(),
                    named.functionOffset(),
                    named.source(),
                    named.approximate());
        }
        LinkageNames.Part part = linkageNames.partAt(own, frame.entry(), frame.code(), address.value());
        return frame(frame, part.rawName(), address.value() - part.code().start());
    }

    private SourceFrame frame(DwarfFrame frame, String rawName, long functionOffset) {
        return new SourceFrame(
                readable.of(rawName, SymbolSource.DWARF, frame.language()),
                rawName,
                frame.file(),
                frame.line(),
                frame.column(),
                functionOffset,
                SymbolSource.DWARF,
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
                        frame.function(),
                        frame.file(),
                        frame.line(),
                        0,
                        frame.inlined() ? SourceFrame.NO_OFFSET : address.value() - frame.entry(),
                        SymbolSource.PCLNTAB,
                        false))
                .toList();
    }

    private SourceFrame frame(Symbol symbol, ElfAddress address) {
        return new SourceFrame(
                readable.of(symbol.name(), source(symbol.origin()), SourceLanguage.UNKNOWN),
                symbol.name(),
                "",
                0,
                0,
                address.value() - symbol.start().value(),
                source(symbol.origin()),
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
