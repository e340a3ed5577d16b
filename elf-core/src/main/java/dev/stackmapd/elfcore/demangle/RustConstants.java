package dev.stackmapd.elfcore.demangle;

/// Reads and prints `<const>` of Rust v0: placeholders, integers, booleans and characters.
final class RustConstants {

    private static final String INTEGERS = "aslxnihtmyoj";
    private static final int LONGEST_DECIMAL = 16;
    private static final int LONGEST_CHARACTER = 6;

    private final Mangled in;
    private final RustTokens tokens;

    RustConstants(Mangled in, RustTokens tokens) {
        this.in = in;
        this.tokens = tokens;
    }

    String text() {
        int letter = in.look();
        in.skip(in.atEnd() ? 0 : 1);
        if (letter != 0 && INTEGERS.indexOf(letter) >= 0) {
            return integer();
        }
        return switch (letter) {
            case 'p' -> "_";
            case 'b' -> bool();
            case 'c' -> character();
            default -> failed();
        };
    }

    private String failed() {
        in.fail();
        return "";
    }

    private String integer() {
        String sign = in.take('n') ? "-" : "";
        String digits = tokens.hexDigits();
        if (!in.ok()) {
            return "";
        }
        return digits.length() <= LONGEST_DECIMAL
                ? sign + Long.toUnsignedString(Long.parseUnsignedLong(digits, 16))
                : sign + "0x" + digits;
    }

    private String bool() {
        return switch (tokens.hexDigits()) {
            case "0" -> "false";
            case "1" -> "true";
            default -> failed();
        };
    }

    private String character() {
        String digits = tokens.hexDigits();
        if (!in.ok() || digits.length() > LONGEST_CHARACTER) {
            return failed();
        }
        int character = Integer.parseInt(digits, 16);
        return "'" + escaped(character, digits) + "'";
    }

    private static String escaped(int character, String digits) {
        return switch (character) {
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            case '\'' -> "\\'";
            case '\\' -> "\\\\";
            default -> character >= ' ' && character <= '~' ? String.valueOf((char) character) : "\\u{" + digits + "}";
        };
    }
}
