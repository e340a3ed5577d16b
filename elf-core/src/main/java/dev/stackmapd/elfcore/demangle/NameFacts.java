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

    NameFacts(Position position) {
        ofEncoding = position == Position.ENCODING;
    }

    /// The position of a name: it is that of an encoding, or it is elsewhere.
    enum Position {
        ENCODING,
        ELSEWHERE
    }
}
