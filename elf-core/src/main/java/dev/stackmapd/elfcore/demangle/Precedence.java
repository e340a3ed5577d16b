package dev.stackmapd.elfcore.demangle;

/// The precedence of C++ operators, tightest first (the clause "expr" of the C++ standard).
final class Precedence {

    static final int PRIMARY = 0;
    static final int POSTFIX = 1;
    static final int UNARY = 2;
    static final int CAST = 3;
    static final int MEMBER_POINTER = 4;
    static final int MULTIPLICATIVE = 5;
    static final int ADDITIVE = 6;
    static final int SHIFT = 7;
    static final int SPACESHIP = 8;
    static final int RELATIONAL = 9;
    static final int EQUALITY = 10;
    static final int AND = 11;
    static final int XOR = 12;
    static final int OR = 13;
    static final int AND_IF = 14;
    static final int OR_IF = 15;
    static final int CONDITIONAL = 16;
    static final int ASSIGN = 17;
    static final int COMMA = 18;
    static final int ANY = 19;

    private Precedence() {}
}
