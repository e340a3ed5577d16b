package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.Optional;

/// One translated frame, as the kernel has it: status VALID or status IP (XLT-11, XLT-12).
public sealed interface Frame {

    /// Code in a known binary. Means the same on every machine that has the binary.
    ///
    /// @param offset as captured; nothing is subtracted on the way in (XLT-16)
    record InFile(BuildId buildId, FileOffset offset) implements Frame {

        /// Where to look up a frame that is not the leaf. Its offset is where the call returns to, which may already
        /// be the next line or the next function; one byte back is the call.
        public FileOffset callSite() {
            return new FileOffset(offset.value() - 1);
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
