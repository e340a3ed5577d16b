package dev.stackmapd.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.HexFormat;

/// A file to request from upstreams.
public record FileRequest(BuildId buildId, Resource part) {

    /// The requested file of a build-id: one of the two binary files, or a source file.
    public sealed interface Resource permits BinaryKind, SourceFile {

        /// Returns the part of a request's path after the build-id; letters, digits, `-._~%` and `/`
        /// only.
        String segments();
    }

    /// The two binary files that debuginfod serves for a build-id.
    public enum BinaryKind implements Resource {
        DEBUGINFO("debuginfo"),
        EXECUTABLE("executable");

        private final String segment;

        BinaryKind(String segment) {
            this.segment = segment;
        }

        @Override
        public String segments() {
            return segment;
        }
    }

    /// A source file, by the name that debug information has for it.
    ///
    /// The request is the same as that of elfutils' client: without the leading slash, and with every
    /// byte of the UTF-8 form percent-encoded except RFC 3986's unreserved characters and `/`. `.`, `..`
    /// and empty segments are not normalized, because servers look up the name and not a file.
    ///
    /// @param path absolute, at most [#MAX_CHARACTERS], well-formed UTF-16 without NUL
    public record SourceFile(String path) implements Resource {
        public static final int MAX_CHARACTERS = 4_096;

        private static final String UNRESERVED = "-._~";
        private static final HexFormat HEX = HexFormat.of().withUpperCase();

        public SourceFile {
            if (!path.startsWith("/")
                    || path.length() > MAX_CHARACTERS
                    || path.indexOf('\0') >= 0
                    || !UTF_8.newEncoder().canEncode(path)) {
                throw new IllegalArgumentException(
                        "a source file's name is absolute, of 1 to %d characters, without NUL"
                                .formatted(MAX_CHARACTERS));
            }
        }

        @Override
        public String segments() {
            StringBuilder escaped = new StringBuilder("source/");
            byte[] bytes = path.getBytes(UTF_8);
            for (int i = 1; i < bytes.length; i++) {
                if (isPlain(bytes[i])) {
                    escaped.append((char) bytes[i]);
                } else {
                    HEX.toHexDigits(escaped.append('%'), bytes[i]);
                }
            }
            return escaped.toString();
        }

        private static boolean isPlain(byte b) {
            return (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '/'
                    || UNRESERVED.indexOf(b) >= 0;
        }
    }

    /// Returns the path relative to an upstream's base URL.
    String path() {
        return "buildid/" + buildId.hex() + "/" + part.segments();
    }
}
