package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether two tools mean the same function. A peer takes the outermost name from the symbol table, where one
/// function may have several; debug information has one.
final class NameAgreement {
    private static final Pattern SUFFIX =
            Pattern.compile("(\\.(isra|part|constprop|cold|lto_priv|llvm|localalias|str)(\\.\\d+)*|\\.\\d+)+$");
    private static final Pattern STRUCTOR = Pattern.compile("([CD])[0-9](?=E|I)");

    private final Map<String, Set<Long>> addresses = new HashMap<>();

    NameAgreement(ElfFile file) throws MalformedBinaryException {
        SymbolEntries entries = file.symtab().orElseThrow();
        for (long i = 0; i < entries.count(); i++) {
            entries.moveTo(i);
            if (entries.isCode() && entries.isSound()) {
                String name = new String(entries.name(1 << 20), StandardCharsets.UTF_8);
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
        DIFFERENT;

        boolean agrees() {
            return switch (this) {
                case SAME, CLONE_SUFFIX_OR_VERSION, CONSTRUCTOR_VARIANT, PLAIN_NAME_ONLY, ALIAS, ONLY_IN_SYMBOL_TABLE ->
                    true;
                case UNKNOWN_TO_US, UNKNOWN_TO_PEER, DIFFERENT -> false;
            };
        }
    }

    Kind compare(FunctionNames ours, String theirs) {
        String raw = ours.rawName();
        if (raw.equals(theirs)) {
            return Kind.SAME;
        }
        if (theirs.isEmpty()) {
            return Kind.UNKNOWN_TO_PEER;
        }
        String ourBase = base(raw);
        String theirBase = base(theirs);
        if (raw.isEmpty()) {
            return addresses.containsKey(theirBase) ? Kind.ONLY_IN_SYMBOL_TABLE : Kind.UNKNOWN_TO_US;
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
        return both.isEmpty() ? Kind.DIFFERENT : Kind.ALIAS;
    }

    /// Whether a mangled name may be that of a function with this plain name. Operators have codes of their own
    /// there.
    private static boolean isMangled(String plain, String mangled) {
        String identifier = plain.replaceFirst("^~", "").replaceFirst("<.*", "");
        return mangled.startsWith("_Z")
                && (plain.startsWith("operator") || mangled.contains(identifier.length() + identifier));
    }

    private static String base(String name) {
        String plain = name.contains("@") ? name.substring(0, name.indexOf('@')) : name;
        return SUFFIX.matcher(plain).replaceFirst("");
    }
}
