package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// The fixed words of demangled names. A text is an index, so that it fits in a node.
///
/// Classes add their words while they are initialised, possibly in several threads at once; a thread
/// that has an index from such a class also sees its bytes.
final class Text {

    private static final byte[][] ALL = new byte[512][];
    private static int count;

    static final int EMPTY = of("");
    static final int STD = of("std");
    static final int ANONYMOUS_NAMESPACE = of("(anonymous namespace)");
    static final int STRING_LITERAL = of("string literal");
    static final int BLOCK_LITERAL = of("'block-literal'");
    static final int AUTO = of("auto");
    static final int THIS = of("this");
    static final int THROW = of("throw");
    static final int TRUE = of("true");
    static final int FALSE = of("false");
    static final int NULLPTR = of("nullptr");
    static final int NOEXCEPT = of("noexcept");

    private Text() {}

    static synchronized int of(String text) {
        ALL[count] = text.getBytes(US_ASCII);
        return count++;
    }

    static byte[] bytes(int text) {
        return ALL[text];
    }
}
