package dev.stackmapd.elfcore.elf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Decodes stubs of AArch64: `adrp x16, page of the slot`, `ldr x17, [x16, rest]`, and after more
/// instructions `br x17`; before them `bti c` where the linker was asked for it. Instructions are
/// little-endian in files of either order.
final class Aarch64Stubs {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BTI_C = 0xd503245f;
    private static final int LONGEST = 24;

    private Aarch64Stubs() {}

    static void decode(byte[] code, long address, List<PltStubs.StubCode> stubs) {
        int end = code.length & -4;
        for (int at = nextPair(code, 0, end); at < end; ) {
            int start = at >= 4 && word(code, at - 4) == BTI_C ? at - 4 : at;
            int next = nextPair(code, at + 4, end);
            int nextStart = next < end && word(code, next - 4) == BTI_C ? next - 4 : next;
            stubs.add(new PltStubs.StubCode(
                    address + start, Math.min(nextStart - start, LONGEST), slotOf(code, at, address)));
            at = next;
        }
    }

    /// Returns the position of the next `adrp x16` with its `ldr x17, [x16]`; `end` where there is none.
    private static int nextPair(byte[] code, int from, int end) {
        for (int at = from; at + 8 <= end; at += 4) {
            if ((word(code, at) & 0x9f00_001f) == 0x9000_0010 && (word(code, at + 4) & 0xffc0_03ff) == 0xf940_0211) {
                return at;
            }
        }
        return end;
    }

    private static long slotOf(byte[] code, int at, long address) {
        int adrp = word(code, at);
        long pages = (((adrp << 8) >> 11) & ~3L) | ((adrp >>> 29) & 3);
        long rest = ((word(code, at + 4) >>> 10) & 0xfff) * 8L;
        return ((address + at) & ~0xfffL) + (pages << 12) + rest;
    }

    private static int word(byte[] code, int at) {
        return (int) INT.get(code, at);
    }
}
