package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.Optional;

/// One translated frame. The kernel itself knows two of the forms: status VALID is a frame in a file, status IP a raw
/// one (XLT-11, XLT-12).
public sealed interface Frame {

    /// Code in a known file. Means the same on every machine that has the file.
    ///
    /// @param buildId of either kind
    /// @param offset as captured; nothing is subtracted on the way in (XLT-16)
    record InFile(BuildId buildId, FileOffset offset) implements Frame {

        /// Returns where to look up a frame that is not the leaf. Its offset is where the call returns to, which may
        /// already be the next line or the next function; one byte back is the call.
        public FileOffset callSite() {
            return new FileOffset(offset.value() - 1);
        }
    }

    /// Code of a kernel or of one of its modules. Means the same after every boot, wherever the kernel was loaded.
    ///
    /// @param buildId of the kernel or the module, of kind GNU
    /// @param offset bytes from the kernel's `_text`, or from the module's base, unsigned; as captured
    record InKernel(BuildId buildId, long offset) implements Frame {}

    /// A frame whose sender knows its name and which no ELF file describes: of an interpreter, of code that was
    /// compiled at run time, of a profile that came with names.
    ///
    /// @param type of the code, as OpenTelemetry's `profile.frame.type` has it: `jvm`, `cpython`, …; ours is `jit`
    /// @param function not empty
    /// @param file empty where the sender did not say
    /// @param line from 1; 0 where the sender did not say
    record Named(String type, String function, String file, int line) implements Frame {
        public Named {
            if (type.isEmpty() || function.isEmpty()) {
                throw new IllegalArgumentException("a named frame has a type and a function");
            }
            if (line < 0) {
                throw new IllegalArgumentException("line must be 0 or more, was " + line);
            }
        }
    }

    /// An address that means something only inside its own process.
    record Raw(long address, Reason reason) implements Frame {}

    /// Why a frame has no build-id (DEV-12).
    enum Reason {
        /// No mapping holds the address.
        NO_MAPPING(0),
        /// The mapping has no file behind it.
        ANONYMOUS(1),
        /// `[vdso]`, `[vsyscall]` and their like: code that the kernel maps.
        SPECIAL(2),
        /// The file is not an ELF executable or shared object.
        NOT_ELF(3),
        /// The file has no build-id note.
        NO_NOTE(4),
        /// The file's notes are damaged.
        BAD_NOTE(5),
        /// The bytes at hand end before the notes do.
        TRUNCATED(6),
        /// No build-id was sent and the file may not or cannot be read here.
        UNREADABLE(7),
        /// An address of the kernel half.
        KERNEL_ADDRESS(8),
        /// A callchain context marker, not an address at all (SID-50).
        MARKER(9),
        /// The path now names another file than the one that was mapped.
        STALE_FILE(10),
        /// The mapped file has the build-id of a file that is held, but its code at other places.
        OTHER_LAYOUT(11);

        /// Context markers lie from here to 2^64−1 (`PERF_CONTEXT_MAX` is −4095).
        private static final long LOWEST_MARKER = -4095;

        private static final Reason[] BY_CODE = values();

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /// Stands for the reason in packed stacks and in stores, 0 to 15; never changes its meaning.
        public int code() {
            return code;
        }

        /// @param code one that [#code] gave
        public static Reason ofCode(int code) {
            return BY_CODE[code];
        }

        /// What the address alone tells: the upper half of the address space is the kernel's, its top the markers'.
        /// Empty for an address of user space.
        public static Optional<Reason> ofAddress(long address) {
            if (address >= 0) {
                return Optional.empty();
            }
            return Optional.of(address >= LOWEST_MARKER ? MARKER : KERNEL_ADDRESS);
        }
    }
}
