package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DwarfAnswer;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.DwarfFrame;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SkippedPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.golang.GoFrame;
import dev.stackmapd.elfcore.golang.GoTable;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.Symbol;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks names up in the files themselves, in the order of [SymbolPrecedence]. It decodes what one
/// answer needs and caches that within the limits of [DwarfFile]. It owns the files.
public final class FileBackedSymbols implements BinarySymbols {
    /// The most missing parts that are remembered for [#lacking].
    private static final int MAX_MET = 100;

    private final List<AutoCloseable> files;
    private final @Nullable DwarfFile dwarf;
    private final List<FileSymbols> symbols;
    private final SymbolPrecedence precedence;
    private final LinkageNames linkageNames;
    private final @Nullable GoTable goTable;
    private final List<LackingPart> lacksAnyway;
    private final Set<LackingPart> met = new LinkedHashSet<>(); // guarded by its own monitor

    /// @param files the objects to close, in this order
    /// @param symbols best file first
    /// @param goTable used only where there is no debug information
    /// @param lacksAnyway the parts that are missing for every answer
    FileBackedSymbols(
            List<AutoCloseable> files,
            @Nullable DwarfFile dwarf,
            List<FileSymbols> symbols,
            @Nullable GoTable goTable,
            List<LackingPart> lacksAnyway) {
        this.files = List.copyOf(files);
        this.dwarf = dwarf;
        this.symbols = List.copyOf(symbols);
        this.precedence = SymbolPrecedence.of(symbols);
        this.linkageNames = new LinkageNames(precedence);
        this.goTable = goTable;
        this.lacksAnyway = List.copyOf(lacksAnyway);
    }

    @Override
    public SourceFrames find(ElfAddress address) throws MalformedBinaryException {
        Optional<Symbol> symbol = precedence.find(address);
        if (dwarf == null) {
            List<SourceFrame> frames = inGoTable(address, symbol);
            return new SourceFrames(frames.isEmpty() ? inSymbols(address, symbol) : frames, lacksAnyway);
        }
        DwarfAnswer answer = dwarf.lookup(address);
        List<SourceFrame> frames = switch (answer) {
            case DwarfAnswer.Found found -> inDebugInformation(found, address, symbol);
            case DwarfAnswer.Missing _ -> inSymbols(address, symbol);
        };
        return new SourceFrames(frames, lacking(answer));
    }

    @Override
    public void find(AddressBatch addresses, FramesConsumer consumer) throws MalformedBinaryException {
        SourceFrames answer = SourceFrames.NONE;
        for (int i = 0; i < addresses.size(); i++) {
            long address = addresses.address(i);
            if (i == 0 || address != addresses.address(i - 1)) {
                answer = find(new ElfAddress(address));
            }
            consumer.accept(addresses.position(i), answer);
        }
    }

    @Override
    public List<LackingPart> lacking(int limit) {
        synchronized (met) {
            return Stream.concat(lacksAnyway.stream(), met.stream())
                    .limit(limit)
                    .toList();
        }
    }

    private List<LackingPart> lacking(DwarfAnswer answer) {
        if (answer.skipped().isEmpty()) {
            return List.of();
        }
        List<LackingPart> lacking =
                answer.skipped().stream().map(SkippedPart::lacking).distinct().toList();
        synchronized (met) {
            if (met.size() < MAX_MET) {
                met.addAll(lacking);
            }
        }
        return lacking;
    }

    private List<SourceFrame> inDebugInformation(DwarfAnswer.Found found, ElfAddress address, Optional<Symbol> symbol) {
        List<SourceFrame> frames = new ArrayList<>(found.frames().size());
        for (DwarfFrame frame : found.frames()) {
            frames.add(frame(frame, address, symbol));
        }
        return frames;
    }

    /// Returns one frame. Code for which debug information has only lines, such as assembly, is named by
    /// its symbol.
    private SourceFrame frame(DwarfFrame frame, ElfAddress address, Optional<Symbol> symbol) {
        DebugName own = DebugName.of(frame.names(), frame.language());
        if (frame.inlined()) {
            return frame(frame, own.rawName(), SourceFrame.NO_OFFSET);
        }
        if (frame.entry() == 0) {
            return symbol.map(s -> frame(s, address).at(frame.file(), frame.line(), frame.column()))
                    .orElse(SourceFrame.ofLine(frame.file(), frame.line(), frame.column()));
        }
        LinkageNames.FunctionPart part = linkageNames.partAt(own, frame.entry(), frame.code(), address.value());
        return frame(frame, part.rawName(), address.value() - part.code().start());
    }

    private static SourceFrame frame(DwarfFrame frame, String rawName, long functionOffset) {
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

    /// Returns the frames of Go's table. It assigns all code up to its next function to the one before.
    /// If the symbol at the address begins elsewhere than the function, the code is not Go's.
    private List<SourceFrame> inGoTable(ElfAddress address, Optional<Symbol> symbol) throws MalformedBinaryException {
        if (goTable == null) {
            return List.of();
        }
        List<GoFrame> frames = goTable.lookup(address).frames();
        if (frames.isEmpty()
                || symbol.filter(s -> s.start().value() != frames.getLast().entry())
                        .isPresent()) {
            return List.of();
        }
        return frames.stream().map(frame -> frame(frame, address)).toList();
    }

    private static SourceFrame frame(GoFrame frame, ElfAddress address) {
        return new SourceFrame(
                frame.function(),
                frame.file(),
                frame.line(),
                0,
                frame.inlined() ? SourceFrame.NO_OFFSET : address.value() - frame.entry(),
                SymbolSource.PCLNTAB,
                SourceLanguage.GO,
                false);
    }

    private static List<SourceFrame> inSymbols(ElfAddress address, Optional<Symbol> symbol) {
        return symbol.map(s -> List.of(frame(s, address))).orElse(List.of());
    }

    private static SourceFrame frame(Symbol symbol, ElfAddress address) {
        return new SourceFrame(
                symbol.name(),
                "",
                0,
                0,
                address.value() - symbol.start().value(),
                symbol.source(),
                SourceLanguage.UNKNOWN,
                symbol.approximate());
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
                throw new IllegalStateException("cannot close a file that was only read", e);
            }
        }
    }
}
