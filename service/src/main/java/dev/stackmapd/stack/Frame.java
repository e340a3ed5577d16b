package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.Optional;

/// One translated frame. The kernel has two of these forms: a frame in a file has status VALID, a raw
/// one has status IP (XLT-11, XLT-12).
public sealed interface Frame {

    /// Code in a known file. The frame means the same on every machine that has the file.
    ///
    /// @param buildId of either kind
    /// @param offset as captured; nothing is subtracted during ingestion (XLT-16)
    record InFile(BuildId buildId, FileOffset offset) implements Frame {

        /// Returns the offset at which to symbolize a frame that is not the leaf. Its own offset is the
        /// return address, which may belong to the next line or the next function already; one byte
        /// before it lies the call.
        public FileOffset callSite() {
            return new FileOffset(offset.value() - 1);
        }
    }

    /// Code of a kernel or of one of its modules. The frame means the same after every boot, wherever
    /// the kernel was loaded.
    ///
    /// @param buildId of the kernel or the module, of kind GNU
    /// @param offset bytes from the kernel's `_text`, or from the module's base, unsigned; as captured
    record InKernel(BuildId buildId, long offset) implements Frame {}

    /// A frame whose sender knows its name and which no ELF file describes: a frame of an interpreter,
    /// of code that was compiled at run time, or of a profile that was symbolized by its sender.
    ///
    /// @param type of the code, as in OpenTelemetry's `profile.frame.type`: `jvm`, `cpython`, …;
    ///     stackmapd adds `jit`
    /// @param function not empty
    /// @param file empty if the sender gave none
    /// @param line from 1; 0 if the sender gave none
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

    /// An address that is meaningful only within its own process.
    record Raw(long address, Reason reason) implements Frame {}

    /// Why a frame has no build-id (DEV-12).
    enum Reason {
        /// No mapping contains the address.
        NO_MAPPING(0),
        /// The mapping is not backed by a file.
        ANONYMOUS(1),
        /// The kernel itself maps the code: `[vdso]`, `[vsyscall]` and similar.
        SPECIAL(2),
        /// The file is not an ELF executable or shared object.
        NOT_ELF(3),
        /// The file has no build-id note.
        NO_NOTE(4),
        /// The file's notes are malformed.
        BAD_NOTE(5),
        /// The available bytes end before the notes do.
        TRUNCATED(6),
        /// No build-id was sent, and the file cannot or must not be read here.
        UNREADABLE(7),
        /// The address lies in the kernel half of the address space.
        KERNEL_ADDRESS(8),
        /// The value is a callchain context marker and no address (SID-50).
        MARKER(9),
        /// The path names another file now than the one that was mapped.
        STALE_FILE(10),
        /// The mapped file has the build-id of a held file, but its code lies at other offsets or
        /// addresses.
        OTHER_LAYOUT(11);

        /// Context markers range from this value to 2^64−1 (`PERF_CONTEXT_MAX` is −4095).
        private static final long LOWEST_MARKER = -4095;

        private static final Reason[] BY_CODE = values();

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /// Returns the number of the reason in packed stacks and in stores, 0 to 15. Its meaning never
        /// changes.
        public int code() {
            return code;
        }

        /// Returns the reason with this code.
        ///
        /// @param code a value of [#code]
        public static Reason ofCode(int code) {
            return BY_CODE[code];
        }

        /// Returns the reason that follows from the address alone: the upper half of the address space
        /// belongs to the kernel, the topmost values are markers. Returns empty for an address of user
        /// space.
        public static Optional<Reason> ofAddress(long address) {
            if (address >= 0) {
                return Optional.empty();
            }
            return Optional.of(address >= LOWEST_MARKER ? MARKER : KERNEL_ADDRESS);
        }
    }
}
