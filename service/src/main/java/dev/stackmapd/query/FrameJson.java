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

/// The JSON form of a frame.
public sealed interface FrameJson {

    /// Returns `VALID` or `IP`, as in the kernel's `struct bpf_stack_build_id`, or `NAMED`.
    @JsonProperty
    String status();

    /// A frame in a file or in a kernel.
    ///
    /// @param buildId absent if the file is identified by its htlhash
    /// @param htlhash 32 hex digits; absent if the file is identified by its build-id
    /// @param offset in the file; for a kernel or module, from the start of its text
    /// @param kernel present, and true, for code of a kernel
    /// @param suspicious present, and true, for a build-id of zeros only (DEV-13)
    /// @param kernelVisible present, and false, for a build-id of more than 20 bytes (DEV-11)
    /// @param module the file name at the path where the binary was first mapped
    /// @param outcome absent if names were not requested, like `symbols` and `detail`
    /// @param symbols innermost first
    /// @param detail why there is no name, if the outcome alone does not explain it
    /// @param lacking the missing debug information; absent if none is missing
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

    /// A frame that was sent with its name.
    ///
    /// @param type of the code, such as `jvm`
    /// @param file absent if the sender gave none, like the line
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

    /// A raw frame.
    ///
    /// @param ip `0x…`
    @JsonPropertyOrder("status")
    record Raw(String ip, Frame.Reason reason) implements FrameJson {

        @Override
        public String status() {
            return "IP";
        }
    }

    /// A missing part of the debug information.
    ///
    /// @param part `dwo`, `dwp`, `dwz` or `section`
    /// @param name of the split unit or section; for a `dwz` file, its build-id
    record MissingPartJson(String part, String name, LackingPart.Reason reason) {
        /// Converts missing parts to their JSON form.
        ///
        /// @return null if there are none, so that the field is omitted
        static @Nullable List<MissingPartJson> of(List<LackingPart> parts) {
            return parts.isEmpty()
                    ? null
                    : parts.stream()
                            .map(part -> new MissingPartJson(part.kind().label(), part.name(), part.reason()))
                            .toList();
        }
    }

    /// The outcome of symbolizing a frame.
    enum NamingOutcome {
        KNOWN,
        NO_SYMBOL,
        NO_BINARY,
        BAD_BINARY,
        /// The binary is being requested from upstreams; a later query may return names.
        PENDING
    }

    /// One function at the frame's address.
    ///
    /// @param function absent if only the line is known
    /// @param rawName the name in the binary; absent if it equals `function`
    /// @param file the path in the debug information; absent if it is unknown, like `line` and `column`
    /// @param inlined true if the function is inlined into the next one
    /// @param functionOffset `0x…`: bytes from the function's entry, or from the start of the part that
    ///     `rawName` names, to the byte that was looked up; absent for inlined functions
    /// @param source the source of the name: `dwarf`, `symtab`, …
    /// @param approximate present, and true, if the address lies beyond the range that the symbol states
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
