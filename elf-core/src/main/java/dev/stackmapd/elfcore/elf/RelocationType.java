package dev.stackmapd.elfcore.elf;

/// The operation of a relocation in debug sections, by machine. Compilers use absolute ones, and where
/// the linker may shorten code (RISC-V, LoongArch) pairs that add one symbol and subtract another.
/// Numbers are those of each machine's psABI.
///
/// @param bytes the number of bytes that it changes
record RelocationType(Operation operation, int bytes) {
    private static final RelocationType NONE = new RelocationType(Operation.NONE, 0);
    private static final RelocationType UNKNOWN = new RelocationType(Operation.UNKNOWN, 0);

    enum Operation {
        /// No effect on code: no relocation at all, or one for a thread-local variable.
        NONE,
        SET,
        ADD,
        SUBTRACT,
        /// The lower 6 bits of a byte, whose upper two belong to something else.
        SET_6,
        SUBTRACT_6,
        /// A number in base 128, which keeps its length.
        SET_LEB,
        SUBTRACT_LEB,
        /// Unknown: the section that it would change cannot be read.
        UNKNOWN
    }

    static RelocationType of(int machine, int type) {
        if (type == 0) {
            return NONE;
        }
        return switch (machine) {
            case ElfConstants.EM_X86_64 -> absolute(type, new int[] {10, 11}, new int[] {1}, new int[] {17, 21});
            case ElfConstants.EM_386 -> absolute(type, new int[] {1}, new int[] {}, new int[] {32});
            case ElfConstants.EM_AARCH64 -> absolute(type, new int[] {258}, new int[] {257}, new int[] {256, 1029});
            case ElfConstants.EM_ARM -> absolute(type, new int[] {2}, new int[] {}, new int[] {106});
            case ElfConstants.EM_S390 -> absolute(type, new int[] {4}, new int[] {22}, new int[] {52, 53});
            case ElfConstants.EM_PPC -> absolute(type, new int[] {1, 24}, new int[] {}, new int[] {78});
            case ElfConstants.EM_PPC64 -> absolute(type, new int[] {1, 24}, new int[] {38, 43}, new int[] {78});
            case ElfConstants.EM_MIPS -> absolute(type, new int[] {2}, new int[] {18}, new int[] {39, 41});
            case ElfConstants.EM_SPARCV9 -> absolute(type, new int[] {3, 23}, new int[] {32, 54}, new int[] {76, 77});
            case ElfConstants.EM_RISCV -> riscv(type);
            case ElfConstants.EM_LOONGARCH -> loongArch(type);
            default -> UNKNOWN;
        };
    }

    private static RelocationType absolute(int type, int[] words, int[] doubleWords, int[] threadLocal) {
        if (contains(words, type)) {
            return new RelocationType(Operation.SET, 4);
        }
        if (contains(doubleWords, type)) {
            return new RelocationType(Operation.SET, 8);
        }
        return contains(threadLocal, type) ? NONE : UNKNOWN;
    }

    private static boolean contains(int[] types, int type) {
        for (int each : types) {
            if (each == type) {
                return true;
            }
        }
        return false;
    }

    private static RelocationType riscv(int type) {
        return switch (type) {
            case 1 -> new RelocationType(Operation.SET, 4);
            case 2 -> new RelocationType(Operation.SET, 8);
            // R_RISCV_TLS_DTPREL32 and 64, and R_RISCV_RELAX, which is a hint.
            case 8, 9, 51 -> NONE;
            case 33, 34, 35, 36 -> new RelocationType(Operation.ADD, 1 << (type - 33));
            case 37, 38, 39, 40 -> new RelocationType(Operation.SUBTRACT, 1 << (type - 37));
            case 52 -> new RelocationType(Operation.SUBTRACT_6, 1);
            case 53 -> new RelocationType(Operation.SET_6, 1);
            case 54, 55, 56 -> new RelocationType(Operation.SET, 1 << (type - 54));
            case 60 -> new RelocationType(Operation.SET_LEB, 1);
            case 61 -> new RelocationType(Operation.SUBTRACT_LEB, 1);
            default -> UNKNOWN;
        };
    }

    private static RelocationType loongArch(int type) {
        return switch (type) {
            case 1 -> new RelocationType(Operation.SET, 4);
            case 2 -> new RelocationType(Operation.SET, 8);
            // R_LARCH_TLS_DTPREL32 and 64, and R_LARCH_RELAX.
            case 8, 9, 100 -> NONE;
            case 47, 48 -> new RelocationType(Operation.ADD, 1 << (type - 47));
            case 50, 51 -> new RelocationType(Operation.ADD, 1 << (type - 48));
            case 52, 53 -> new RelocationType(Operation.SUBTRACT, 1 << (type - 52));
            case 55, 56 -> new RelocationType(Operation.SUBTRACT, 1 << (type - 53));
            default -> UNKNOWN;
        };
    }
}
