package dev.stackmapd.artifact.disk;

import java.util.Arrays;
import java.util.Optional;

/// The purpose of a file of a build-id. One build-id may have a file of each kind.
public enum ArtifactKind {
    /// Contains the code, therefore the load segments, and possibly symbols.
    EXECUTABLE("executable"),
    /// Has debug information or `.symtab`, with or without the code.
    DEBUGINFO("debuginfo"),
    /// The parts that `dwz` moved out of several debug files, under a build-id of its own
    /// (`.gnu_debugaltlink`).
    SUPPLEMENTARY("supplementary"),
    /// The split units of an executable (`.dwp`), under the executable's build-id: most have none themselves. That
    /// they belong to it is seen only when one is looked up by its unit id.
    PACKAGE("dwp");

    /// The error text for the file of one split unit, which says what to send instead.
    public static final String NO_SPLIT_UNIT =
            "the file of one split unit (.dwo): send the package of all units (kind dwp), which llvm-dwp -e or dwp -e"
                    + " makes of the program";

    private final String text;

    ArtifactKind(String text) {
        this.text = text;
    }

    /// Returns the name in paths and file names, lower-case letters only.
    public String text() {
        return text;
    }

    /// Returns the kind with this [#text]; empty if there is none.
    public static Optional<ArtifactKind> parse(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }
}
