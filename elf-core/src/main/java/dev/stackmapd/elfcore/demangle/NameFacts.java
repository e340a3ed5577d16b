package dev.stackmapd.elfcore.demangle;

/// What the name of an encoding tells about the rest of it.
final class NameFacts {

    /// Constructors, destructors and conversions have no return type.
    boolean withoutReturnType;

    boolean endsWithTemplateArguments;
    boolean explicitObject;
    int qualifiers;

    /// Whether this is the name of an encoding at all; elsewhere nobody asks.
    final boolean ofEncoding;

    NameFacts(Place place) {
        ofEncoding = place == Place.ENCODING;
    }

    /// Where a name stands.
    enum Place {
        ENCODING,
        ELSEWHERE
    }
}
