package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.elf.CodeRange;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds the names that symbol tables have for the functions that debug information describes, and for
/// parts of them.
///
/// Compilers give no linkage name to functions that only their own file sees, so that a `static`
/// function of C++ has its scope and parameters in the symbol table alone; a clone (`.constprop.0`) has
/// its suffix there. So the name of a symbol that begins at the function's entry point is used. Of
/// several, the name in debug information decides, as [DebugName] specifies; else the rule of
/// [SymbolTable] for aliases.
///
/// Compilers and linkers split functions: code after an unlikely branch is placed elsewhere and has a
/// symbol of its own, `f.cold`. A part gets the name of such a symbol if that belongs to this function.
///
/// Immutable and thread-safe.
public final class LinkageNames {
    private static final Comparator<CodeRange> BY_START = (a, b) -> Long.compareUnsigned(a.start(), b.start());

    private final SymbolPrecedence symbols;
    private final List<SymbolTable> tables;

    public LinkageNames(SymbolPrecedence symbols) {
        this.symbols = symbols;
        this.tables = symbols.tables();
    }

    /// One part of a function.
    ///
    /// @param rawName the name of its symbol, or the function's name
    public record FunctionPart(String rawName, CodeRange code) {}

    /// Returns the name of the function whose entry point is an ELF address. If debug information has no
    /// name for it and no symbol begins there, returns the name of the symbol that holds the address, or
    /// an empty name.
    ///
    /// @param size bytes from there to the first gap in its code: of several symbols that begin there,
    ///     the smallest with at least this size counts, or else the largest
    public String at(long entry, long size, DebugName own) {
        if (own.weight() == DebugName.Weight.DECISIVE) {
            for (SymbolTable table : tables) {
                if (table.standing(entry, own.rawName()) != AliasNames.Standing.UNKNOWN) {
                    return own.rawName();
                }
            }
        }
        for (SymbolTable table : tables) {
            Optional<Symbol> found = beginning(table, entry, entry);
            if (found.isPresent()) {
                boolean equal = table.standing(entry, own.rawName()) == AliasNames.Standing.EQUAL;
                return equal
                        ? own.rawName()
                        : own.shown(largeEnough(table, found.get(), size).name());
            }
        }
        return own.rawName().isEmpty()
                ? symbols.find(new ElfAddress(entry)).map(Symbol::name).orElse("")
                : own.rawName();
    }

    /// Returns the parts of a function, ascending: its code cut at every gap, at the entry, and where a
    /// symbol says that a part of this function begins.
    ///
    /// @param listed the entry point according to debug information
    /// @param code all ranges of the function, in any order; one of them holds the entry
    public List<FunctionPart> parts(DebugName own, long listed, List<CodeRange> code) {
        long entry = entry(listed, code);
        List<CodeRange> ranges = new ArrayList<>();
        for (CodeRange range : code) {
            boolean inside = range.holds(entry) && range.start() != entry;
            if (inside) {
                ranges.add(new CodeRange(range.start(), entry));
            }
            ranges.add(inside ? new CodeRange(entry, range.end()) : range);
        }
        ranges.sort(BY_START);
        String name = at(entry, sizeFrom(entry, ranges), own);
        List<FunctionPart> parts = new ArrayList<>();
        for (CodeRange range : ranges) {
            Optional<String> begins = range.start() == entry
                    ? Optional.of(name)
                    : partAt(range.start(), entry, List.of(name, own.rawName()));
            boolean touches = !parts.isEmpty()
                    && Long.compareUnsigned(
                                    range.start(), parts.getLast().code().end())
                            <= 0;
            if (touches && begins.isEmpty()) {
                FunctionPart last = parts.removeLast();
                parts.add(new FunctionPart(last.rawName(), last.code().upTo(range.end())));
            } else {
                parts.add(new FunctionPart(begins.map(own::shown).orElse(name), range));
            }
        }
        return parts;
    }

    /// Returns the actual entry point of a function: clang lists the range of the entry point last if
    /// each basic block has a section. Then a symbol `f.__part.1` begins at the first range, and `f` at
    /// another.
    private long entry(long listed, List<CodeRange> code) {
        for (SymbolTable table : tables) {
            Optional<String> symbol = beginning(table, listed, listed).map(Symbol::name);
            String whole = symbol.map(PartNames::functionOf).orElse("");
            if (symbol.isPresent() && !whole.equals(symbol.get())) {
                return code.stream()
                        .map(CodeRange::start)
                        .filter(start -> begins(start, whole))
                        .findFirst()
                        .orElse(listed);
            }
        }
        return listed;
    }

    /// Returns the part of a function that holds an address.
    ///
    /// @param code all ranges of the function that are known, in any order
    public FunctionPart partAt(DebugName own, long entry, List<CodeRange> code, long address) {
        if (code.size() == 1 && code.getFirst().start() == entry) {
            CodeRange whole = code.getFirst();
            return new FunctionPart(at(entry, whole.end() - entry, own), whole);
        }
        for (FunctionPart part : parts(own, entry, code)) {
            if (part.code().holds(address)) {
                return part;
            }
        }
        // The list of ranges is damaged.
        return new FunctionPart(at(entry, 0, own), new CodeRange(entry, entry + 1));
    }

    /// @param ranges ascending by start
    private static long sizeFrom(long entry, List<CodeRange> ranges) {
        long end = entry;
        for (CodeRange range : ranges) {
            end = range.start() == end || range.holds(end) ? range.end() : end;
        }
        return end - entry;
    }

    /// Returns the symbol that begins at an address, if it is that of a part of a function.
    private Optional<String> partAt(long start, long entry, List<String> function) {
        for (SymbolTable table : tables) {
            Optional<String> symbol = beginning(table, start, start).map(Symbol::name);
            if (symbol.isPresent()) {
                String whole = PartNames.functionOf(symbol.get());
                boolean part = !whole.equals(symbol.get()) && (function.contains(whole) || begins(entry, whole));
                return part ? symbol : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean begins(long address, String name) {
        return tables.stream().anyMatch(table -> table.standing(address, name) != AliasNames.Standing.UNKNOWN);
    }

    private static Symbol largeEnough(SymbolTable table, Symbol smallest, long size) {
        Symbol symbol = smallest;
        while (Long.compareUnsigned(symbol.size(), size) < 0) {
            long entry = symbol.start().value();
            Optional<Symbol> larger = beginning(table, entry, entry + symbol.size());
            if (larger.isEmpty() || Long.compareUnsigned(larger.get().size(), symbol.size()) <= 0) {
                break;
            }
            symbol = larger.get();
        }
        return symbol;
    }

    /// Returns the symbol that answers for an address, if it begins at the entry.
    private static Optional<Symbol> beginning(SymbolTable table, long entry, long address) {
        int index = table.indexOf(address);
        return index == SymbolTable.NONE
                ? Optional.empty()
                : Optional.of(table.get(index)).filter(s -> s.start().value() == entry);
    }
}
