package dev.stackmapd.debuginfod;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;

/// Decodes and normalizes the names under which clients request source files.
public final class SourcePath {
    private static final int MAX_BYTES = 4_096;

    private SourcePath() {}

    /// Decodes percent escapes only: `+`, `//` and `..` are kept.
    ///
    /// @param escaped as it stands in the URI
    /// @return empty for malformed escapes, malformed UTF-8, a NUL, or a name that is too long
    public static Optional<String> decode(String escaped) {
        if (escaped.length() > 3 * MAX_BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c >= 0x80 || (c == '%' && !isEscape(escaped, i))) {
                return Optional.empty();
            }
            if (c == '%') {
                bytes.put((byte) HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 2;
            } else {
                bytes.put((byte) c);
            }
        }
        return text(bytes.flip());
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(at + 1))
                && HexFormat.isHexDigit(text.charAt(at + 2));
    }

    private static Optional<String> text(ByteBuffer bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return text.length() > MAX_BYTES || text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// Returns the name without empty and `.` segments, and with each `..` resolved, but never above the
    /// root. Clients request a name as it is in the debug information, or in this form.
    public static String canonical(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            switch (segment) {
                case "", "." -> {}
                case ".." -> segments.pollLast();
                default -> segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments);
    }
}
