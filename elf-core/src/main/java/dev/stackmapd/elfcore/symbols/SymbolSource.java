package dev.stackmapd.elfcore.symbols;

/// The source of a function's name. The order is that of [SymbolPrecedence].
public enum SymbolSource {
    /// Debug information.
    DWARF("dwarf"),
    /// `.symtab`: every function of the link.
    SYMTAB("symtab"),
    /// `.dynsym`: only what the file exports or imports.
    DYNSYM("dynsym"),
    /// `.symtab` of the file inside `.gnu_debugdata`: functions that are not exported.
    MINI_DEBUG_INFO("mini"),
    /// `.gopclntab`, which a Go program keeps when it is stripped.
    PCLNTAB("pclntab"),
    /// The procedure linkage table: `name@plt`, the stub through which `name` of another file is called.
    PLT("plt");

    private final String label;

    SymbolSource(String label) {
        this.label = label;
    }

    /// Returns the name of this source in answers.
    public String label() {
        return label;
    }
}
