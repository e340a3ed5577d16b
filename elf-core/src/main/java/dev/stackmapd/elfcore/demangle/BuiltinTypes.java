package dev.stackmapd.elfcore.demangle;

/// `<builtin-type>` (Itanium C++ ABI 5.1.5.2): one letter, or `D` and one letter.
final class BuiltinTypes {

    private static final int[] BY_LETTER = new int[128];
    private static final int[] AFTER_D = new int[128];

    static {
        BY_LETTER['v'] = Text.of("void");
        BY_LETTER['w'] = Text.of("wchar_t");
        BY_LETTER['b'] = Text.of("bool");
        BY_LETTER['c'] = Text.of("char");
        BY_LETTER['a'] = Text.of("signed char");
        BY_LETTER['h'] = Text.of("unsigned char");
        BY_LETTER['s'] = Text.of("short");
        BY_LETTER['t'] = Text.of("unsigned short");
        BY_LETTER['i'] = Text.of("int");
        BY_LETTER['j'] = Text.of("unsigned int");
        BY_LETTER['l'] = Text.of("long");
        BY_LETTER['m'] = Text.of("unsigned long");
        BY_LETTER['x'] = Text.of("long long");
        BY_LETTER['y'] = Text.of("unsigned long long");
        BY_LETTER['n'] = Text.of("__int128");
        BY_LETTER['o'] = Text.of("unsigned __int128");
        BY_LETTER['f'] = Text.of("float");
        BY_LETTER['d'] = Text.of("double");
        BY_LETTER['e'] = Text.of("long double");
        BY_LETTER['g'] = Text.of("__float128");
        BY_LETTER['z'] = Text.of("...");
        AFTER_D['d'] = Text.of("decimal64");
        AFTER_D['e'] = Text.of("decimal128");
        AFTER_D['f'] = Text.of("decimal32");
        AFTER_D['h'] = Text.of("half");
        AFTER_D['i'] = Text.of("char32_t");
        AFTER_D['s'] = Text.of("char16_t");
        AFTER_D['u'] = Text.of("char8_t");
        AFTER_D['a'] = Text.of("auto");
        AFTER_D['c'] = Text.of("decltype(auto)");
        AFTER_D['n'] = Text.of("std::nullptr_t");
    }

    private static final int[] LITERAL_SUFFIX = new int[128];

    static {
        LITERAL_SUFFIX['w'] = BY_LETTER['w'];
        LITERAL_SUFFIX['c'] = BY_LETTER['c'];
        LITERAL_SUFFIX['a'] = BY_LETTER['a'];
        LITERAL_SUFFIX['h'] = BY_LETTER['h'];
        LITERAL_SUFFIX['s'] = BY_LETTER['s'];
        LITERAL_SUFFIX['t'] = BY_LETTER['t'];
        LITERAL_SUFFIX['i'] = Text.of("");
        LITERAL_SUFFIX['j'] = Text.of("u");
        LITERAL_SUFFIX['l'] = Text.of("l");
        LITERAL_SUFFIX['m'] = Text.of("ul");
        LITERAL_SUFFIX['x'] = Text.of("ll");
        LITERAL_SUFFIX['y'] = Text.of("ull");
        LITERAL_SUFFIX['n'] = BY_LETTER['n'];
        LITERAL_SUFFIX['o'] = BY_LETTER['o'];
    }

    private BuiltinTypes() {}

    /// Returns the text for a letter, or [Text#EMPTY].
    static int named(int letter) {
        return letter > 0 ? BY_LETTER[letter] : Text.EMPTY;
    }

    /// Returns the text for the letter after a `D`, or [Text#EMPTY].
    static int afterD(int letter) {
        return letter > 0 ? AFTER_D[letter] : Text.EMPTY;
    }

    /// Returns the text of an integer literal's type: up to three letters follow the digits, a longer
    /// text is in parentheses before them. [Text#EMPTY] if the letter is no integer type.
    static int ofLiteral(int letter) {
        return letter > 0 ? LITERAL_SUFFIX[letter] : Text.EMPTY;
    }
}
