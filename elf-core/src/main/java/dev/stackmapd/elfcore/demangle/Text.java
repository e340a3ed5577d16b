package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;

/// Fixed words of a demangled name. A text is an index, so that it fits in a node.
final class Text {

    private static final List<byte[]> ALL = new ArrayList<>();

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

    static int of(String text) {
        ALL.add(text.getBytes(US_ASCII));
        return ALL.size() - 1;
    }

    static byte[] bytes(int text) {
        return ALL.get(text);
    }
}
