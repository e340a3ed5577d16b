package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether two tools mean the same function. A peer takes the outermost name from the symbol table, where one
/// function may have several; debug information has one.
final class NameAgreement {
    private static final Pattern SUFFIX =
            Pattern.compile("(\\.(isra|part|constprop|cold|lto_priv|llvm|localalias|str)(\\.\\d+)*|\\.\\d+)+$");
    private static final Pattern STRUCTOR = Pattern.compile("([CD])[0-9](?=E|I)");

    // Symbols by their name without version, and where the functions begin that have a name but for a suffix.
    private final Map<String, List<Code>> symbols = new HashMap<>();
    private final Map<String, Set<Long>> addresses = new HashMap<>();

    private record Code(long start, long size) {
        boolean holds(long address) {
            return size == 0 ? start == address : Long.compareUnsigned(address - start, size) < 0;
        }
    }

    NameAgreement(ElfFile file) throws MalformedBinaryException {
        SymbolEntries entries = file.symtab().orElseThrow();
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (entries.isCode() && entries.isSound()) {
                String name = new String(entries.name(1 << 20), StandardCharsets.UTF_8);
                // In a relocatable file a symbol's value counts from its section, which any address may be in.
                symbols.computeIfAbsent(withoutVersion(name), key -> new ArrayList<>())
                        .add(file.relocatable() ? new Code(0, -1) : new Code(entries.address(), entries.size()));
                addresses.computeIfAbsent(base(name), key -> new HashSet<>()).add(entries.address());
            }
        }
    }

    enum Kind {
        SAME,
        CLONE_SUFFIX_OR_VERSION,
        CONSTRUCTOR_VARIANT,
        /// Debug information has no linkage name; the peer has the symbol table's.
        PLAIN_NAME_ONLY,
        ALIAS,
        /// Debug information has a line but no function, e.g. for thunks: whoever combines takes the symbol's name.
        ONLY_IN_SYMBOL_TABLE,
        UNKNOWN_TO_US,
        UNKNOWN_TO_PEER,
        /// The peer has the name of the symbol here, debug information that of another function: the compiler folded
        /// functions that are equal.
        FOLDED,
        DIFFERENT;

        boolean agrees() {
            return switch (this) {
                case SAME, CLONE_SUFFIX_OR_VERSION, CONSTRUCTOR_VARIANT, PLAIN_NAME_ONLY, ALIAS, ONLY_IN_SYMBOL_TABLE ->
                    true;
                case UNKNOWN_TO_US, UNKNOWN_TO_PEER, FOLDED, DIFFERENT -> false;
            };
        }
    }

    /// Compares an inlined call, which no symbol table knows: nothing but the same name will do.
    static Kind compareInlined(FunctionNames ours, String theirs) {
        if (ours.rawName().equals(theirs)) {
            return Kind.SAME;
        }
        return theirs.isEmpty() ? Kind.UNKNOWN_TO_PEER : ours.rawName().isEmpty() ? Kind.UNKNOWN_TO_US : Kind.DIFFERENT;
    }

    /// Compares the function itself. Another name than ours must be that of a symbol which holds the address.
    Kind compare(FunctionNames ours, String theirs, long address) {
        if (ours.rawName().equals(theirs) || theirs.isEmpty() || !isSymbolAt(theirs, address)) {
            return compareInlined(ours, theirs);
        }
        return compareWithSymbol(ours, theirs);
    }

    private Kind compareWithSymbol(FunctionNames ours, String theirs) {
        String raw = ours.rawName();
        String ourBase = base(raw);
        String theirBase = base(theirs);
        if (raw.isEmpty()) {
            return Kind.ONLY_IN_SYMBOL_TABLE;
        }
        if (ourBase.equals(theirBase)) {
            return Kind.CLONE_SUFFIX_OR_VERSION;
        }
        if (STRUCTOR.matcher(ourBase)
                .replaceAll("$1")
                .equals(STRUCTOR.matcher(theirBase).replaceAll("$1"))) {
            return Kind.CONSTRUCTOR_VARIANT;
        }
        if (ours.linkageName().isEmpty() && isMangled(ours.name(), theirBase)) {
            return Kind.PLAIN_NAME_ONLY;
        }
        Set<Long> both = new HashSet<>(addresses.getOrDefault(ourBase, Set.of()));
        both.retainAll(addresses.getOrDefault(theirBase, Set.of()));
        return both.isEmpty() ? Kind.FOLDED : Kind.ALIAS;
    }

    private boolean isSymbolAt(String name, long address) {
        return symbols.getOrDefault(withoutVersion(name), List.of()).stream().anyMatch(code -> code.holds(address));
    }

    /// Whether a mangled name may be that of a function with this plain name. Operators have codes of their own
    /// there.
    private static boolean isMangled(String plain, String mangled) {
        String identifier = plain.replaceFirst("^~", "").replaceFirst("<.*", "");
        return mangled.startsWith("_Z")
                && (plain.startsWith("operator") || mangled.contains(identifier.length() + identifier));
    }

    private static String base(String name) {
        return SUFFIX.matcher(withoutVersion(name)).replaceFirst("");
    }

    private static String withoutVersion(String name) {
        return name.contains("@") ? name.substring(0, name.indexOf('@')) : name;
    }
}
