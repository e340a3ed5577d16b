package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;

/// A part of the debug information that was missing for an answer, in the terms of the API. It has no
/// path of this host.
///
/// @param name of a split unit, also where its package is damaged: the last part of its
///     `DW_AT_dwo_name`; of an alternate file: its build-id; of a section: the section's name. At most
///     [#MAX_NAME] characters
public record LackingPart(Kind kind, String name, Reason reason) {
    /// Characters of a name; a longer one is cut.
    public static final int MAX_NAME = 255;

    /// Returns a section of the file itself as a missing part, with the reason that an exception tells.
    public static LackingPart section(String name, MalformedBinaryException why) {
        return new LackingPart(
                Kind.SECTION, name, why instanceof OverLimitException ? Reason.TOO_LARGE : Reason.DAMAGED);
    }

    /// What is missing.
    public enum Kind {
        /// The file of one split unit.
        DWO("dwo"),
        /// The package that should have a split unit.
        DWP("dwp"),
        /// The file to which `dwz` moved the debug information shared by several files.
        DWZ("dwz"),
        /// A section of the file itself.
        SECTION("section");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// Returns the name of this kind in answers.
        public String label() {
            return label;
        }
    }

    /// The reason why the part is missing.
    public enum Reason {
        /// It was not found, or could not be read this time.
        MISSING,
        /// It is not what it claims to be, or the portion that was needed is wrong.
        DAMAGED,
        /// A limit left it out.
        TOO_LARGE
    }

    public LackingPart {
        requireNonNull(kind, "kind");
        requireNonNull(reason, "reason");
        name = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
    }
}
