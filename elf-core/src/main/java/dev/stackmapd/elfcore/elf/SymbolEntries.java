package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.Optional;

/// The entries of one ELF symbol table, read one at a time without an object for each (gABI, "Symbol
/// Table").
///
/// Valid until the [ElfFile] that it is from is closed. Not thread-safe: it has one current entry.
public final class SymbolEntries {
    private static final int STT_NOTYPE = 0;
    private static final int STT_OBJECT = 1;
    private static final int STT_FUNC = 2;
    private static final int STT_GNU_IFUNC = 10;
    private static final int STB_LOCAL = 0;
    private static final int STB_WEAK = 2;

    private final ElfHeader header;
    private final Cursor entries;
    private final long count;
    private final Cursor names;
    private final CodeTest codeTest;
    private final Optional<FunctionDescriptors> descriptors;

    private long nameOffset;
    private long value;
    private long size;
    private int info;
    private int section;

    /// @param count how many entries of the class's size `entries` has
    /// @param descriptors the function descriptors, where symbols of functions have their addresses
    ///     instead of those of code
    SymbolEntries(
            ElfHeader header,
            Cursor entries,
            long count,
            Cursor names,
            CodeTest codeTest,
            Optional<FunctionDescriptors> descriptors) {
        this.header = header;
        this.entries = entries;
        this.count = count;
        this.names = names;
        this.codeTest = codeTest;
        this.descriptors = descriptors;
    }

    /// Returns the number of entries in the table, including the empty first one.
    public long count() {
        return count;
    }

    /// Moves to an entry, 0 to `count - 1`.
    public void moveTo(long index) throws MalformedBinaryException {
        entries.moveTo(index * header.elfClass().symbolBytes(), "symbol index");
        nameOffset = entries.u32("st_name");
        switch (header.elfClass()) {
            case ELF32 -> {
                value = entries.u32("st_value");
                size = entries.u32("st_size");
                info = entries.u8("st_info");
                entries.skip(1, "st_other");
                section = entries.u16("st_shndx");
            }
            case ELF64 -> {
                info = entries.u8("st_info");
                entries.skip(1, "st_other");
                section = entries.u16("st_shndx");
                value = entries.u64("st_value");
                size = entries.u64("st_size");
            }
        }
        if (descriptors.isPresent()
                && (info & 0xf) == STT_FUNC
                && descriptors.get().holds(value)) {
            value = descriptors.get().codeOf(value);
        }
    }

    /// Returns true if this entry names code of this file: a function, an indirect function, or an
    /// untyped symbol in an executable section. Undefined and absolute symbols do not, nor the mapping
    /// symbols (`$x`, `$d`, …) of ARM.
    public boolean isCode() throws MalformedBinaryException {
        if (section == ElfConstants.SHN_UNDEF
                || (section >= ElfConstants.SHN_LORESERVE && section != ElfConstants.SHN_XINDEX)) {
            return false;
        }
        int type = info & 0xf;
        return type == STT_FUNC
                || type == STT_GNU_IFUNC
                || (type == STT_NOTYPE && codeTest.isCode(section, value) && !isMappingSymbol());
    }

    /// Returns true if this entry is a local label of an assembler, which is never called: its name
    /// begins with `.L`.
    public boolean isLocalLabel() throws MalformedBinaryException {
        return size == 0
                && reachesName()
                && names.remaining() >= 2
                && names.u8("symbol name") == '.'
                && names.u8("symbol name") == 'L';
    }

    /// Returns true if this entry is data in an executable section. Code before it ends there.
    public boolean isDataAmongCode() {
        boolean defined = section != ElfConstants.SHN_UNDEF
                && (section < ElfConstants.SHN_LORESERVE || section == ElfConstants.SHN_XINDEX);
        return (info & 0xf) == STT_OBJECT && defined && codeTest.endOf(section, value) != value;
    }

    /// Returns the highest possible end of its code, for an entry whose size is not known: the end of
    /// its section or, in a file without sections, of its segment; its own address where neither holds
    /// it.
    public long latestEnd() {
        return codeTest.endOf(section, address());
    }

    /// Returns true if the end of its bytes `[address, address + size)` is at most 2^64, and its name is
    /// in the string table and not empty.
    public boolean isSound() throws MalformedBinaryException {
        boolean wraps = size != 0 && Long.compareUnsigned(value + size - 1, value) < 0;
        return !wraps && hasName();
    }

    /// Returns true if its name begins in the string table and is not empty.
    public boolean hasName() throws MalformedBinaryException {
        return nameOffset != 0 && reachesName() && names.remaining() > 0 && !names.startsWithString(new byte[0]);
    }

    /// Returns the ELF address, unsigned. Bit 0 of an ARM function marks Thumb code and is removed.
    public long address() {
        return header.machine() == ElfConstants.EM_ARM && (info & 0xf) == STT_FUNC ? value & ~1L : value;
    }

    /// Returns the size in bytes, unsigned; 0 where it is not known.
    public long size() {
        return size;
    }

    /// Returns the rank of its binding: 0 global, 1 weak, 2 local. OS-specific bindings count as global.
    public int bindingRank() {
        return switch (info >>> 4) {
            case STB_LOCAL -> 2;
            case STB_WEAK -> 1;
            default -> 0;
        };
    }

    /// Returns the offset of the name in the string table. It is equal for two entries that share a
    /// name.
    public long nameOffset() {
        return nameOffset;
    }

    /// Returns the name's bytes, without the NUL.
    ///
    /// @param limit the greatest length allowed
    public byte[] name(int limit) throws MalformedBinaryException {
        names.moveTo(nameOffset, "st_name");
        return names.take(names.lengthToNul(limit, "symbol name"), "symbol name");
    }

    /// Returns an error at the entry that would be read next.
    public MalformedBinaryException malformed(String reason) {
        return entries.malformed(reason);
    }

    private boolean reachesName() throws MalformedBinaryException {
        names.moveTo(0, "st_name");
        if (nameOffset >= names.remaining()) {
            return false;
        }
        names.moveTo(nameOffset, "st_name");
        return true;
    }

    private boolean isMappingSymbol() throws MalformedBinaryException {
        if (!reachesName() || names.remaining() < 2) {
            return false;
        }
        return names.u8("symbol name") == '$' && "xdat".indexOf(names.u8("symbol name")) >= 0;
    }
}
