package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.CodeRange;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.Symbol;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides if the names of two tools denote the same function. A peer takes the outermost name from the
/// symbol table. It is compared with our raw name from debug information and symbol table together,
/// including parts of functions. Another name agrees only if its symbol begins at the same address as
/// ours.
///
/// A relocatable file has no addresses: there the plain name must be in the peer's.
final class NameAgreement {
    private final boolean relocatable;
    private final SymbolPrecedence precedence;
    private final LinkageNames symbols;
    private final Map<String, Set<Long>> starts = new HashMap<>();

    NameAgreement(ElfFile file) throws MalformedBinaryException {
        relocatable = file.relocatable();
        precedence = SymbolPrecedence.of(List.of(FileSymbols.read(file)));
        symbols = new LinkageNames(precedence);
        SymbolEntries entries = file.symtab().orElseThrow();
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (entries.isCode() && entries.isSound()) {
                String name = new String(entries.name(1 << 20), StandardCharsets.UTF_8);
                starts.computeIfAbsent(withoutVersion(name), key -> new HashSet<>())
                        .add(entries.address());
            }
        }
    }

    enum Verdict {
        SAME,
        VERSION,
        /// Go's symbols have a calling convention after their names.
        CALLING_CONVENTION,
        /// Two symbols begin at one address, and debug information has no linkage name to choose between
        /// them.
        ALIAS,
        /// Two symbols begin at one address, and ours is the linkage name that debug information has.
        ALIAS_OF_LINKAGE_NAME,
        UNKNOWN_TO_US,
        UNKNOWN_TO_PEER,
        DIFFERENT;

        boolean agrees() {
            return switch (this) {
                case SAME, VERSION, CALLING_CONVENTION, ALIAS, ALIAS_OF_LINKAGE_NAME -> true;
                case UNKNOWN_TO_US, UNKNOWN_TO_PEER, DIFFERENT -> false;
            };
        }
    }

    /// Compares an inlined call, which no symbol table has: only the same name agrees.
    static Verdict compareInlined(FunctionNames ours, String theirs) {
        return compare(ours.rawName(), theirs);
    }

    private static Verdict compare(String ours, String theirs) {
        if (ours.equals(theirs)) {
            return Verdict.SAME;
        }
        return theirs.isEmpty() ? Verdict.UNKNOWN_TO_PEER : ours.isEmpty() ? Verdict.UNKNOWN_TO_US : Verdict.DIFFERENT;
    }

    /// Returns the function part at an address.
    LinkageNames.FunctionPart part(DwarfFrame frame, long address) {
        DebugName own = DebugName.of(frame.names(), frame.language());
        if (frame.entry() != 0) {
            return symbols.partAt(own, frame.entry(), frame.code(), address);
        }
        Optional<Symbol> symbol = precedence.find(new ElfAddress(address));
        long start = symbol.map(found -> found.start().value()).orElse(address);
        return new LinkageNames.FunctionPart(symbol.map(Symbol::name).orElse(""), new CodeRange(start, address + 1));
    }

    /// Compares the function that the code belongs to.
    Verdict compare(DwarfFrame frame, String theirs, long address) {
        if (relocatable) {
            FunctionNames names = frame.names();
            // Operators have codes of their own in mangled names, and so have arguments of templates.
            String plain = names.name().replaceFirst("<.*", "");
            boolean within = plain.startsWith("operator") || (!plain.isEmpty() && theirs.contains(plain));
            return within ? Verdict.SAME : compare(names.rawName(), theirs);
        }
        LinkageNames.FunctionPart ours = part(frame, address);
        Verdict plain = compare(ours.rawName(), theirs);
        if (plain != Verdict.DIFFERENT) {
            return plain;
        }
        if (ours.rawName().equals(withoutVersion(theirs))) {
            return Verdict.VERSION;
        }
        if (frame.language() == SourceLanguage.GO
                && DebugName.of(new FunctionNames("", theirs, 0), SourceLanguage.GO)
                        .rawName()
                        .equals(ours.rawName())) {
            return Verdict.CALLING_CONVENTION;
        }
        long start = ours.code().start();
        boolean alias = starts.getOrDefault(withoutVersion(theirs), Set.of()).contains(start)
                && starts.getOrDefault(ours.rawName(), Set.of()).contains(start);
        boolean named = ours.rawName().equals(frame.names().linkageName());
        return !alias ? Verdict.DIFFERENT : named ? Verdict.ALIAS_OF_LINKAGE_NAME : Verdict.ALIAS;
    }

    private static String withoutVersion(String name) {
        return name.contains("@") ? name.substring(0, name.indexOf('@')) : name;
    }
}
