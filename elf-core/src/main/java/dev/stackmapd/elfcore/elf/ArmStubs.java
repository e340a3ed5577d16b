package dev.stackmapd.elfcore.elf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Decodes stubs of ARM, as GNU ld, gold and lld write them:
///
/// ```text
/// add ip, pc, #a;  [add ip, ip, #b; [add ip, ip, #c;]]  ldr pc, [ip, #d]!
/// ldr ip, [pc, #4];  add ip, ip, pc;  ldr pc, [ip];  .word distance from the second instruction + 8
/// ```
///
/// Code called by Thumb has `bx pc; nop` before it. Instructions are little-endian, as in all files but
/// those for processors before ARMv6 in big-endian order.
final class ArmStubs {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FROM_THUMB = 0x46c0_4778;
    private static final int ADD_IP_PC = 0xe28f_c000;
    private static final int ADD_IP_IP = 0xe28c_c000;
    private static final int LDR_PC_IP = 0xe5bc_f000;
    private static final int[] LONG = {0xe59f_c004, 0xe08c_c00f, 0xe59c_f000};
    private static final int IMMEDIATE = 0xfff;
    private static final int PIPELINE = 8;

    private final byte[] code;
    private final long address;

    ArmStubs(byte[] code, long address) {
        this.code = code;
        this.address = address;
    }

    void into(List<PltStubs.StubCode> stubs) {
        for (int at = 0; at + 12 <= code.length; ) {
            int end = isLong(at) ? at + 16 : endOfShort(at);
            if (end < 0) {
                at += 4;
            } else {
                long slot = isLong(at) ? address + at + 4 + PIPELINE + word(at + 12) : slotOfShort(at, end);
                int start = at >= 4 && word(at - 4) == FROM_THUMB ? at - 4 : at;
                stubs.add(new PltStubs.StubCode(address + start, end - start, slot & 0xffff_ffffL));
                at = end;
            }
        }
    }

    private boolean isLong(int at) {
        return at + 16 <= code.length && word(at) == LONG[0] && word(at + 4) == LONG[1] && word(at + 8) == LONG[2];
    }

    /// Returns the end of a short stub that begins here; -1 where none does.
    private int endOfShort(int at) {
        if ((word(at) & ~IMMEDIATE) != ADD_IP_PC) {
            return -1;
        }
        int next = at + 4;
        while (next + 4 <= code.length && next <= at + 8 && (word(next) & ~IMMEDIATE) == ADD_IP_IP) {
            next += 4;
        }
        return next + 4 <= code.length && (word(next) & ~IMMEDIATE) == LDR_PC_IP ? next + 4 : -1;
    }

    private long slotOfShort(int at, int end) {
        long slot = address + at + PIPELINE + (word(end - 4) & IMMEDIATE);
        for (int each = at; each < end - 4; each += 4) {
            // 8 bits, rotated right by twice the 4 bits above.
            slot += Integer.rotateRight(word(each) & 0xff, (word(each) >>> 8 & 0xf) * 2);
        }
        return slot;
    }

    private int word(int at) {
        return (int) INT.get(code, at);
    }
}
