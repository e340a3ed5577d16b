package dev.stackmapd.elfcore.index;

/// Where the name of a function comes from, best first.
public enum SymbolSource {
    /// Debug information.
    DWARF("dwarf"),
    /// `.symtab`.
    SYMTAB("symtab"),
    /// `.dynsym`.
    DYNSYM("dynsym"),
    /// The symbol table in `.gnu_debugdata`.
    MINI_DEBUG_INFO("mini"),
    /// Go's `.gopclntab`.
    PCLNTAB("pclntab"),
    /// A stub of the procedure linkage table.
    PLT("plt");

    private final String label;

    SymbolSource(String label) {
        this.label = label;
    }

    /// How answers name it.
    public String label() {
        return label;
    }
}
