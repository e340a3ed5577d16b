package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.elf.ElfAddress;

/// One function, as a symbol table has it.
///
/// @param name as the table spells it (mangled), without `@VERSION`; bytes that are not UTF-8 are replaced
/// @param size bytes, unsigned; 0 where the table does not know
/// @param origin which table said so
public record Symbol(String name, ElfAddress start, long size, Origin origin) {

    /// Returns true if the table does not say where the function ends, so that an address behind `start` may belong
    /// to something else.
    public boolean approximate() {
        return size == 0;
    }

    /// What a name comes from.
    public enum Origin {
        /// `.symtab`: every function of the link.
        SYMTAB("symtab"),
        /// `.dynsym`: only what the file exports or imports.
        DYNSYM("dynsym"),
        /// `.symtab` of the file inside `.gnu_debugdata`: functions that are not exported.
        MINI("mini"),
        /// `.gopclntab`, which a Go program keeps when it is stripped.
        PCLNTAB("pclntab"),
        /// The procedure linkage table: `name@plt`, the stub through which `name` of another file is called.
        PLT("plt"),
        /// `perf-<pid>.map`, which compilers at run time write.
        PERF_MAP("perf-map"),
        /// The kernel's `/proc/kallsyms`.
        KALLSYMS("kallsyms");

        private final String label;

        Origin(String label) {
            this.label = label;
        }

        /// How answers name it.
        public String label() {
            return label;
        }
    }
}
