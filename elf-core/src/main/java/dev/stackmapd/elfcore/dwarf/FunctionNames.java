package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

/// The names that debug information has for a function.
///
/// @param linkageName as the linker sees it, mangled; empty where it is the plain name or not known
/// @param name as the source has it, without scope or parameters; empty where it is not known
/// @param declarationLine the line that declares it, 0 where that is not known
public record FunctionNames(String linkageName, String name, int declarationLine) {
    static final FunctionNames UNKNOWN = new FunctionNames("", "", 0);

    public FunctionNames {
        requireNonNull(linkageName, "linkageName");
        requireNonNull(name, "name");
    }

    /// Returns the linkage name where there is one, else the plain name; empty where neither is known.
    public String rawName() {
        return linkageName.isEmpty() ? name : linkageName;
    }
}
