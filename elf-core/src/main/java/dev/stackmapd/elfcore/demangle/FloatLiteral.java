package dev.stackmapd.elfcore.demangle;

/// Prints floating-point literals as C's `%a` does on x86-64 Linux.
final class FloatLiteral {

    private static final int EXPONENT_BIAS = 16383;
    private static final int EXPONENT_MASK = 0x7fff;

    private FloatLiteral() {}

    /// @param letter `f`, `d` or `e` (x87's 80 bits)
    /// @param length of the hex digits at `at` in `text`: 8, 16 or 20
    static String text(int letter, byte[] text, int at, int length) {
        return switch (letter) {
            case 'f' -> of(Float.intBitsToFloat((int) bits(text, at, length))) + "f";
            case 'd' -> of(Double.longBitsToDouble(bits(text, at, length)));
            default -> extended((int) bits(text, at, 4), bits(text, at + 4, 16)) + "L";
        };
    }

    private static long bits(byte[] text, int at, int digits) {
        long bits = 0;
        for (int i = at; i < at + digits; i++) {
            bits = (bits << 4) | Character.digit(text[i], 16);
        }
        return bits;
    }

    private static String of(double value) {
        if (Double.isNaN(value)) {
            return Double.doubleToRawLongBits(value) < 0 ? "-nan" : "nan";
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        String java = Double.toHexString(value).replace(".0p", "p");
        int exponent = java.indexOf('p') + 1;
        return java.charAt(exponent) == '-' ? java : java.substring(0, exponent) + "+" + java.substring(exponent);
    }

    /// Returns the first hex digit takes the top four bits of the significand, hence the 3.
    private static String extended(int signAndExponent, long significand) {
        String sign = signAndExponent > EXPONENT_MASK ? "-" : "";
        int exponent = signAndExponent & EXPONENT_MASK;
        if (exponent == EXPONENT_MASK) {
            return sign + (significand << 1 == 0 ? "inf" : "nan");
        }
        if (significand == 0) {
            return sign + "0x0p+0";
        }
        int power = Math.max(exponent, 1) - EXPONENT_BIAS - 3;
        String digits = "%016x".formatted(significand);
        String fraction = digits.substring(1).replaceAll("0+$", "");
        String point = fraction.isEmpty() ? "" : ".";
        return sign + "0x" + digits.charAt(0) + point + fraction + "p" + (power < 0 ? "" : "+") + power;
    }
}
