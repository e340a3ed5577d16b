package dev.stackmapd.artifact.disk;

import java.util.Arrays;
import java.util.Optional;

/// What a file of a build-id is for. One build-id may have a file of each kind.
public enum ArtifactKind {
    /// Has the code, and so the load segments; maybe more.
    EXECUTABLE("executable"),
    /// Has debug information or `.symtab`, with or without the code.
    DEBUGINFO("debuginfo"),
    /// What `dwz` took out of several debug files, under a build-id of its own (`.gnu_debugaltlink`).
    SUPPLEMENTARY("supplementary"),
    /// The split units of an executable (`.dwp`), under the executable's build-id: most have none themselves. That
    /// they belong to it is seen only when one is looked up by its unit id.
    PACKAGE("dwp");

    /// What the file of one split unit is, and what to send instead.
    public static final String NO_SPLIT_UNIT =
            "the file of one split unit (.dwo): send the package of all units (kind dwp), which llvm-dwp -e or dwp -e"
                    + " makes of the program";

    private final String text;

    ArtifactKind(String text) {
        this.text = text;
    }

    /// Lower-case letters only, for paths and file names.
    public String text() {
        return text;
    }

    /// The kind of that [#text].
    public static Optional<ArtifactKind> parse(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }
}
