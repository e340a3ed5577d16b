package dev.stackmapd.elfcore.demangle;

/// The facts about an encoding that its name determines.
final class NameFacts {

    /// Constructors, destructors and conversions have no return type.
    boolean withoutReturnType;

    boolean endsWithTemplateArguments;
    boolean explicitObject;
    int qualifiers;

    /// This is true for the name of an encoding; other names do not need the facts.
    final boolean ofEncoding;

    NameFacts(Place place) {
        ofEncoding = place == Place.ENCODING;
    }

    /// The kind of place of a name.
    enum Place {
        ENCODING,
        ELSEWHERE
    }
}
