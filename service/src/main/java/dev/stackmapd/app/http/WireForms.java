package dev.stackmapd.app.http;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.stack.StackId;
import java.math.BigInteger;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// How the project's own values are written in JSON: as their texts, which are the contract's forms.
public final class WireForms extends SimpleModule {
    private static final long serialVersionUID = 1L;

    public WireForms() {
        super("stackmapd");
        addSerializer(StackId.class, ToStringSerializer.instance);
        addSerializer(BuildId.class, ToStringSerializer.instance);
        addSerializer(FileOffset.class, ToStringSerializer.instance);
        addDeserializer(BuildId.class, new Reader<>(BuildId.class, WireForms::buildId));
        addDeserializer(FileOffset.class, new Reader<>(FileOffset.class, in -> new FileOffset(unsigned(in))));
    }

    private static BuildId buildId(JsonParser in) {
        return BuildId.parse(in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : "")
                .orElseThrow(() -> RejectionException.invalid("", "must be the 2 to 128 hex digits of a build-id"));
    }

    private static long unsigned(JsonParser in) {
        if (in.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            BigInteger value = in.getBigIntegerValue();
            if (value.signum() >= 0 && value.bitLength() <= Long.SIZE) {
                return value.longValue();
            }
        }
        if (in.currentToken() == JsonToken.VALUE_STRING && in.getString().matches("0x[0-9a-fA-F]{1,16}")) {
            return Long.parseUnsignedLong(in.getString().substring(2), 16);
        }
        throw RejectionException.invalid("", "must be \"0x\" and 1 to 16 hex digits, or an integer from 0 to 2^64-1");
    }

    /// Reads a value from its one token.
    private static final class Reader<T> extends StdDeserializer<T> {
        private final transient Function<JsonParser, T> read;

        Reader(Class<T> type, Function<JsonParser, T> read) {
            super(type);
            this.read = read;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) {
            return read.apply(in);
        }
    }
}
