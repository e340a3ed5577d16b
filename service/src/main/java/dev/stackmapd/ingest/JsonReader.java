package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.RejectionException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Reads values of the types that the contract uses from a JSON text. Rejects others with field, line
/// and column.
///
/// Before each `read…`, the current token is the first one of a value; after it, the last one. Malformed
/// JSON and I/O failures are thrown as Jackson's unchecked exceptions. Not thread-safe.
final class JsonReader implements AutoCloseable {
    /// The earliest time in RFC 3339, which has years of four digits.
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static final BigInteger MAX_U64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final int MAX_NESTING = 64;
    private static final int MAX_DIGITS = 100;

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /// @param maxStringChars maximum length of a string value
    static JsonFactory factory(int maxStringChars) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .maxStringLength(maxStringChars)
                        .maxNumberLength(MAX_DIGITS)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    static JsonReader open(JsonFactory factory, InputStream body) {
        return new JsonReader(factory.createParser(ObjectReadContext.empty(), body));
    }

    @Override
    public void close() {
        parser.close();
    }

    /// Moves to the first token of the text, which must begin an object.
    void beginDocument() {
        if (parser.nextToken() == null) {
            throw RejectionException.invalid("", "the body is empty; a JSON object was expected");
        }
        beginObject();
    }

    /// Rejects any content after the object that [#beginDocument] began.
    void endDocument() {
        if (parser.nextToken() != null) {
            throw refuse("", "there is more after the end of the JSON object");
        }
    }

    void beginObject() {
        expect(JsonToken.START_OBJECT, "an object");
    }

    void beginArray() {
        expect(JsonToken.START_ARRAY, "an array");
    }

    /// Moves to the value of the object's next field, whose name [#name] returns. Returns false at the
    /// end of the object.
    boolean nextField() {
        if (parser.nextToken() == JsonToken.END_OBJECT) {
            return false;
        }
        parser.nextToken();
        return true;
    }

    /// Moves to the next element of the array. Returns false at its end.
    boolean nextElement() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    String name() {
        return parser.currentName();
    }

    /// Skips a value that the contract does not define.
    void skip() {
        parser.skipChildren();
    }

    String readString() {
        expect(JsonToken.VALUE_STRING, "a string");
        return parser.getString();
    }

    /// Reads a base64 string.
    ///
    /// @param maxBytes maximum size after decoding
    byte[] readBase64(int maxBytes) {
        expect(JsonToken.VALUE_STRING, "a base64 string");
        if (parser.getStringLength() / 4L * 3 > maxBytes + 3L) {
            throw RejectionException.tooLarge(field(), "longer than %d bytes".formatted(maxBytes));
        }
        return parser.getBinaryValue();
    }

    /// Reads an integer from `min` to `max`. Rejects fractions and strings.
    long readInteger(long min, long max) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            BigInteger value = parser.getBigIntegerValue();
            if (value.compareTo(BigInteger.valueOf(min)) >= 0 && value.compareTo(BigInteger.valueOf(max)) <= 0) {
                return value.longValue();
            }
        }
        throw refuse(field(), "must be an integer from %d to %d".formatted(min, max));
    }

    /// Reads an address, offset or size: `"0x…"` with 1 to 16 hex digits, or an integer from 0 to
    /// 2^64−1.
    long readUnsigned() {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> hex(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
            case VALUE_NUMBER_INT -> unsigned();
            default -> throw notUnsigned();
        };
    }

    Instant readTime() {
        String text = readString();
        try {
            Instant time = Instant.parse(text);
            if (!time.isBefore(EARLIEST) && !time.isAfter(LATEST)) {
                return time;
            }
        } catch (DateTimeException e) {
            // Rejected below, like a year that RFC 3339 cannot express.
        }
        throw refuse(field(), "must be a time as RFC 3339 has it, in UTC, such as 2026-11-23T06:40:00Z");
    }

    boolean readBoolean() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw refuse(field(), "must be true or false");
        };
    }

    BuildId readHtlhash() {
        return BuildId.parseHtlhash(readString())
                .orElseThrow(() -> refuse(field(), "must be the 32 hex digits of an htlhash"));
    }

    BuildId readBuildId() {
        return BuildId.parseGnu(readString())
                .orElseThrow(() -> refuse(field(), "must be the 2 to 128 hex digits of a build-id, an even number"));
    }

    /// Returns a rejection with the position of the current value.
    RejectionException refuse(String field, String detail) {
        TokenStreamLocation at = parser.currentTokenLocation();
        return RejectionException.invalid(field, detail).at(at.getLineNr(), at.getColumnNr());
    }

    /// Returns a rejection for a violation of the parser's own limits, whose exceptions contain no
    /// position.
    RejectionException tooLarge() {
        TokenStreamLocation at = parser.currentLocation();
        StreamReadConstraints limits = parser.streamReadConstraints();
        return RejectionException.tooLarge(
                        field(),
                        "is over a limit: %d characters of a string, %d of a name, %d digits, %d levels of nesting"
                                .formatted(
                                        limits.getMaxStringLength(),
                                        limits.getMaxNameLength(),
                                        MAX_DIGITS,
                                        MAX_NESTING))
                .at(at.getLineNr(), at.getColumnNr());
    }

    /// Returns the path of the current value, such as `stacks[17].ips[3]`.
    String field() {
        StringBuilder path = new StringBuilder();
        append(parser.streamReadContext(), path);
        return path.toString();
    }

    private static void append(TokenStreamContext context, StringBuilder path) {
        TokenStreamContext parent = context.getParent();
        if (parent != null) {
            append(parent, path);
        }
        if (context.inArray() && context.hasCurrentIndex()) {
            path.append('[').append(context.getCurrentIndex()).append(']');
        } else if (context.hasCurrentName()) {
            path.append(path.isEmpty() ? "" : ".").append(context.currentName());
        }
    }

    private void expect(JsonToken token, String what) {
        if (parser.currentToken() != token) {
            throw refuse(field(), "must be " + what);
        }
    }

    private long unsigned() {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            BigInteger value = parser.getBigIntegerValue();
            if (value.signum() >= 0 && value.compareTo(MAX_U64) <= 0) {
                return value.longValue();
            }
        } else if (parser.getLongValue() >= 0) {
            return parser.getLongValue();
        }
        throw notUnsigned();
    }

    private long hex(char[] text, int from, int length) {
        if (length < 3 || length > 18 || text[from] != '0' || text[from + 1] != 'x') {
            throw notUnsigned();
        }
        long value = 0;
        for (int i = from + 2; i < from + length; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0 || text[i] > 'f') {
                throw notUnsigned();
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    private RejectionException notUnsigned() {
        return refuse(field(), "must be \"0x\" and 1 to 16 hex digits, or an integer from 0 to 2^64-1");
    }
}
