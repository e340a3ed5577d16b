package dev.stackmapd.elfcore.elf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/// Decodes stubs of RISC-V (psABI, "Procedure Linkage Table"): `auipc t3, high; l[wd] t3, low(t3); jalr
/// t1, t3; nop`, 16 bytes each.
final class RiscvStubs {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int ENTRY_BYTES = 16;
    private static final int AUIPC_T3 = 0xe17;
    private static final int LW_T3_T3 = 0x000e_2e03;
    private static final int LD_T3_T3 = 0x000e_3e03;
    private static final int JALR_T1_T3 = 0x000e_0367;

    private RiscvStubs() {}

    /// @param mask of the bits of an address
    static void decode(byte[] code, long address, long mask, List<PltStubs.StubCode> stubs) {
        for (int at = 0; at + ENTRY_BYTES <= code.length; at += ENTRY_BYTES) {
            int high = word(code, at);
            int load = word(code, at + 4);
            boolean loads = (load & 0xf_ffff) == LD_T3_T3 || (load & 0xf_ffff) == LW_T3_T3;
            if ((high & 0xfff) == AUIPC_T3 && loads && word(code, at + 8) == JALR_T1_T3) {
                long slot = address + at + (high & ~0xfff) + (load >> 20);
                stubs.add(new PltStubs.StubCode(address + at, ENTRY_BYTES, slot & mask));
            }
        }
    }

    private static int word(byte[] code, int at) {
        return (int) INT.get(code, at);
    }
}
