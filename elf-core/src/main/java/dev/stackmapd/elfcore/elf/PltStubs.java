package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Reads procedure linkage tables by their instructions: each stub jumps through a slot, and a
/// relocation determines the function for that slot.
///
/// Matching stubs and relocations by their order fails where a linker leaves one out, sorts them, or has
/// several tables.
final class PltStubs {
    private static final String[] SECTIONS = {".plt", ".plt.got", ".plt.sec"};

    private final ElfFile file;
    private final int machine;
    private final List<StubCode> codes = new ArrayList<>();

    PltStubs(ElfFile file, int machine) {
        this.file = file;
        this.machine = machine;
    }

    List<PltStub> read() throws MalformedBinaryException {
        for (String section : SECTIONS) {
            Optional<ElfAddress> address = file.addressOf(section);
            Optional<ByteExtent> contents = address.isEmpty() ? Optional.empty() : file.debugSection(section);
            if (contents.isPresent()) {
                decode(section, address.get().value(), contents.get());
            }
        }
        codes.sort(Comparator.comparing(StubCode::slot, Long::compareUnsigned));
        long[] symbols = new long[codes.size()];
        file.relocations((slot, symbol, addend) -> {
            for (int i = firstOf(slot); i < symbols.length && codes.get(i).slot() == slot; i++) {
                symbols[i] = symbol;
            }
        });
        return named(symbols);
    }

    private void decode(String section, long address, ByteExtent contents) throws MalformedBinaryException {
        long size = contents.size();
        if (size > file.limits().maxSymbols()) {
            throw contents.cursor().malformed(section + " of " + size + " bytes");
        }
        byte[] code = contents.cursor().take((int) size, section);
        switch (machine) {
            case ElfConstants.EM_X86_64 -> new X86Stubs(code, address, X86Stubs.RELATIVE_TO_NEXT).into(codes);
            case ElfConstants.EM_386 -> new X86Stubs(code, address, globalOffsetTable()).into(codes);
            case ElfConstants.EM_AARCH64 -> Aarch64Stubs.decode(code, address, codes);
            case ElfConstants.EM_ARM -> new ArmStubs(code, address).into(codes);
            case ElfConstants.EM_RISCV ->
                RiscvStubs.decode(code, address, file.elfClass() == ElfClass.ELF32 ? 0xffff_ffffL : -1, codes);
            default -> {}
        }
    }

    /// Returns the address of `_GLOBAL_OFFSET_TABLE_` on i386; 0 where there is none.
    private long globalOffsetTable() throws MalformedBinaryException {
        Optional<ElfAddress> table = file.addressOf(".got.plt");
        return (table.isPresent() ? table : file.addressOf(".got"))
                .map(ElfAddress::value)
                .orElse(0L);
    }

    private int firstOf(long slot) {
        int low = 0;
        int high = codes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(codes.get(middle).slot(), slot) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private List<PltStub> named(long[] symbols) {
        List<PltStub> stubs = new ArrayList<>();
        for (int i = 0; i < symbols.length; i++) {
            if (symbols[i] != 0) {
                StubCode code = codes.get(i);
                stubs.add(new PltStub(new ElfAddress(code.start()), code.size(), symbols[i]));
            }
        }
        stubs.sort(Comparator.comparing(PltStub::start));
        return List.copyOf(stubs);
    }

    /// @param slot ELF address of the pointer that the stub jumps through
    record StubCode(long start, int size, long slot) {}
}
