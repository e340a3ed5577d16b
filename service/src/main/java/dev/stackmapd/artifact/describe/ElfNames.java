package dev.stackmapd.artifact.describe;

import java.util.Map;

/// The names of `readelf` for numbers of the gABI and of common machines.
final class ElfNames {
    private static final Map<Integer, String> FILE_TYPES = Map.of(1, "REL", 2, "EXEC", 3, "DYN", 4, "CORE");

    private static final Map<Integer, String> MACHINES = Map.ofEntries(
            Map.entry(3, "Intel 80386"),
            Map.entry(8, "MIPS"),
            Map.entry(20, "PowerPC"),
            Map.entry(21, "PowerPC64"),
            Map.entry(22, "IBM S/390"),
            Map.entry(40, "ARM"),
            Map.entry(62, "x86-64"),
            Map.entry(183, "AArch64"),
            Map.entry(243, "RISC-V"),
            Map.entry(247, "Linux BPF"),
            Map.entry(258, "LoongArch"));

    private static final Map<Integer, String> SEGMENTS = Map.ofEntries(
            Map.entry(0, "NULL"),
            Map.entry(1, "LOAD"),
            Map.entry(2, "DYNAMIC"),
            Map.entry(3, "INTERP"),
            Map.entry(4, "NOTE"),
            Map.entry(6, "PHDR"),
            Map.entry(7, "TLS"),
            Map.entry(0x6474_e550, "GNU_EH_FRAME"),
            Map.entry(0x6474_e551, "GNU_STACK"),
            Map.entry(0x6474_e552, "GNU_RELRO"),
            Map.entry(0x6474_e553, "GNU_PROPERTY"));

    private static final Map<Integer, String> SECTIONS = Map.ofEntries(
            Map.entry(0, "NULL"),
            Map.entry(1, "PROGBITS"),
            Map.entry(2, "SYMTAB"),
            Map.entry(3, "STRTAB"),
            Map.entry(4, "RELA"),
            Map.entry(5, "HASH"),
            Map.entry(6, "DYNAMIC"),
            Map.entry(7, "NOTE"),
            Map.entry(8, "NOBITS"),
            Map.entry(9, "REL"),
            Map.entry(11, "DYNSYM"),
            Map.entry(14, "INIT_ARRAY"),
            Map.entry(15, "FINI_ARRAY"),
            Map.entry(16, "PREINIT_ARRAY"),
            Map.entry(17, "GROUP"),
            Map.entry(18, "SYMTAB_SHNDX"),
            Map.entry(19, "RELR"),
            Map.entry(0x6fff_fff6, "GNU_HASH"),
            Map.entry(0x6fff_fffd, "VERDEF"),
            Map.entry(0x6fff_fffe, "VERNEED"),
            Map.entry(0x6fff_ffff, "VERSYM"));

    private ElfNames() {}

    static String fileType(int type) {
        return name(FILE_TYPES, type);
    }

    static String machine(int machine) {
        return name(MACHINES, machine);
    }

    static String segmentType(int type) {
        return name(SEGMENTS, type);
    }

    static String sectionType(int type) {
        return name(SECTIONS, type);
    }

    private static String name(Map<Integer, String> names, int number) {
        return names.getOrDefault(number, "0x" + Integer.toHexString(number));
    }
}
