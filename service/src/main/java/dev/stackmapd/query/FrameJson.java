package dev.stackmapd.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A frame as it goes over the wire.
public sealed interface FrameJson {

    /// `VALID` and `IP` as in the kernel's own entry, or `NAMED`.
    @JsonProperty
    String status();

    /// A place in a file, or in a kernel.
    ///
    /// @param buildId absent where the file is known by its htlhash
    /// @param htlhash 32 hex digits; absent where the file is known by its build-id
    /// @param offset in the file; of a kernel or module from the start of its text
    /// @param kernel present, and true, for code of a kernel
    /// @param suspicious present, and true, for a build-id of zeros only (DEV-13)
    /// @param kernelVisible present, and false, for a build-id of more than 20 bytes (DEV-11)
    /// @param module the file's name where it was first mapped, without folders
    /// @param outcome absent when names were not asked for, like the two after it
    /// @param symbols innermost first
    /// @param detail why there is no name, where the outcome alone does not say it
    /// @param lacking the debug information that the answer did without; absent where none lacked
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder("status")
    record InFile(
            @Nullable BuildId buildId,
            @Nullable String htlhash,
            FileOffset offset,
            @Nullable Boolean kernel,
            @Nullable Boolean suspicious,
            @Nullable Boolean kernelVisible,
            @Nullable String module,
            @Nullable NamingOutcome outcome,
            @Nullable List<SymbolJson> symbols,
            @Nullable String detail,
            @Nullable List<MissingPartJson> lacking)
            implements FrameJson {

        @Override
        public String status() {
            return "VALID";
        }
    }

    /// A frame that came with its name.
    ///
    /// @param type of the code, such as `jvm`
    /// @param file absent where the sender did not say, as the line
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder("status")
    record Named(
            String type,
            String function,
            @Nullable String file,
            @Nullable Integer line) implements FrameJson {

        @Override
        public String status() {
            return "NAMED";
        }
    }

    /// @param ip `0x…`
    @JsonPropertyOrder("status")
    record Raw(String ip, Frame.Reason reason) implements FrameJson {

        @Override
        public String status() {
            return "IP";
        }
    }

    /// A part of the debug information that an answer did without.
    ///
    /// @param part `dwo`, `dwp`, `dwz` or `section`
    /// @param name of the split unit or section; of a `dwz` file its build-id
    record MissingPartJson(String part, String name, LackingPart.Reason reason) {
        /// @return null for none, so that it is left out
        static @Nullable List<MissingPartJson> of(List<LackingPart> parts) {
            return parts.isEmpty()
                    ? null
                    : parts.stream()
                            .map(part -> new MissingPartJson(part.kind().label(), part.name(), part.reason()))
                            .toList();
        }
    }

    /// How the search for names ended.
    enum NamingOutcome {
        KNOWN,
        NO_SYMBOL,
        NO_BINARY,
        BAD_BINARY,
        /// Upstreams are being asked for the binary; a later look may name it.
        PENDING
    }

    /// One function at the frame's place.
    ///
    /// @param function absent where only a line is known
    /// @param rawName as the binary has it; absent where `function` is the same
    /// @param file as the compiler had it; absent where it is not known, as the two after it
    /// @param inlined whether the function's code was put into the next one's
    /// @param functionOffset bytes from the function's entry, or from the start of the part that `rawName` names,
    ///     to the byte that was looked up; `0x…`; absent of inlined ones
    /// @param source how the name was found: `dwarf`, `symtab`, …
    /// @param approximate present, and true, where the name reaches beyond what its symbol states
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SymbolJson(
            @Nullable String function,
            @Nullable String rawName,
            @Nullable String file,
            @Nullable Integer line,
            @Nullable Integer column,
            boolean inlined,
            @Nullable String functionOffset,
            String source,
            @Nullable Boolean approximate) {}
}
