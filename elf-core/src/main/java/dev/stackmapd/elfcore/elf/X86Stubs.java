package dev.stackmapd.elfcore.elf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Decodes stubs of x86-64 and i386: `jmp *slot`, after `endbr` or with `bnd` where the linker was asked
/// for them; mold puts `mov $number, %r11d` between. The first entry of a lazy table and the lazy halves
/// of split ones begin otherwise.
final class X86Stubs {
    /// Stands for the address of a table where slots are relative to the next instruction instead.
    static final long RELATIVE_TO_NEXT = -1;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int ENTRY_BYTES = 16;
    private static final int SHORT_ENTRY_BYTES = 8;
    private static final int ENDBR64 = 0xfa1e0ff3;
    private static final int ENDBR32 = 0xfb1e0ff3;

    private final byte[] code;
    private final long address;
    private final long table;

    /// @param table address of the global offset table, or [#RELATIVE_TO_NEXT]
    X86Stubs(byte[] code, long address, long table) {
        this.code = code;
        this.address = address;
        this.table = table;
    }

    /// Adds all stubs. They have 16 bytes; in a table with only `jmp` and two bytes of padding they have
    /// 8.
    void into(List<PltStubs.StubCode> stubs) {
        int entryBytes = allShort() ? SHORT_ENTRY_BYTES : ENTRY_BYTES;
        for (int at = 0; at + entryBytes <= code.length; at += entryBytes) {
            int jump = jumpOf(at);
            if (isJump(jump)) {
                stubs.add(new PltStubs.StubCode(address + at, entryBytes, slotOf(jump)));
            }
        }
    }

    private boolean allShort() {
        for (int at = 0; at + SHORT_ENTRY_BYTES <= code.length; at += SHORT_ENTRY_BYTES) {
            if (!isJump(at)) {
                return false;
            }
        }
        return true;
    }

    private int jumpOf(int entry) {
        int first = (int) INT.get(code, entry);
        int at = first == ENDBR64 || first == ENDBR32 ? entry + 4 : entry;
        if (at + 12 <= code.length && code[at] == 0x41 && code[at + 1] == (byte) 0xbb) {
            return at + 6;
        }
        return code[at] == (byte) 0xf2 ? at + 1 : at;
    }

    private boolean isJump(int at) {
        if (at + 6 > code.length || code[at] != (byte) 0xff) {
            return false;
        }
        return code[at + 1] == 0x25 || (code[at + 1] == (byte) 0xa3 && table != RELATIVE_TO_NEXT);
    }

    private long slotOf(int jump) {
        int displacement = (int) INT.get(code, jump + 2);
        if (table == RELATIVE_TO_NEXT) {
            return address + jump + 6 + displacement;
        }
        long absolute = code[jump + 1] == 0x25 ? displacement : table + displacement;
        return absolute & 0xffff_ffffL;
    }
}
