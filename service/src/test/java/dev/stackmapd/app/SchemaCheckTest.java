package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stackmapd.app.SchemaCheck.Unnamed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// The checker finds what it is there for. Schemas and verdicts are those of JSON Schema 2020-12.
class SchemaCheckTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final OpenApiDocument DOCUMENT = new OpenApiDocument(JSON.readTree("""
            {"paths": {}, "components": {"schemas": {"Short": {"type": "string", "maxLength": 2}}}}"""));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": "string"} | 1
            {"type": "integer"} | 1.5
            {"type": "integer"} | "1"
            {"type": ["integer", "null"]} | true
            {"type": "object"} | []
            {"const": true} | false
            {"enum": ["A", "B"]} | "C"
            {"pattern": "^0x[0-9]+$"} | "0xg"
            {"minLength": 1} | ""
            {"$ref": "#/components/schemas/Short"} | "abc"
            {"$ref": "#/components/schemas/Nothing"} | "abc"
            {"format": "date-time"} | "2026-11-23T06:40:00"
            {"format": "int32"} | 2147483648
            {"minimum": 0} | -1
            {"maximum": 18446744073709551615} | 18446744073709551616
            {"minItems": 1} | []
            {"maxItems": 1} | [1, 2]
            {"items": {"type": "string"}} | ["a", 1]
            {"required": ["a"]} | {"b": 1}
            {"properties": {"a": {"type": "string"}}} | {"a": 1}
            {"properties": {"a": {"type": "string"}}} | {"b": 1}
            {"properties": {"a": false}} | {"a": 1}
            {"additionalProperties": {"type": "string"}} | {"a": 1}
            {"propertyNames": {"pattern": "^[a-z]$"}} | {"aa": 1}
            {"maxProperties": 1} | {"a": 1, "b": 2}
            {"dependentRequired": {"a": ["b"]}} | {"a": 1}
            {"oneOf": [{"type": "string"}, {"minLength": 1}]} | "a"
            {"oneOf": [{"type": "string"}, {"type": "null"}]} | 1
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]} | {}
            {"allOf": [{"minimum": 1}, {"maximum": 2}]} | 3
            """)
    void refuses(String schema, String value) {
        assertThat(violations(schema, value, Unnamed.REFUSED)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": "integer", "maximum": 18446744073709551615} | 18446744073709551615
            {"type": ["integer", "null"], "minimum": 1} | null
            {"properties": {"a": {"type": "string"}, "c": {"type": "string"}}} | {"a": "b"}
            {"properties": {"a": false}} | {}
            {"oneOf": [{"type": "string"}, {"type": "null"}]} | null
            {"additionalProperties": {"type": "string"}} | {"a": "b"}
            {"dependentRequired": {"a": ["b"]}} | {"b": 1}
            {"format": "date-time"} | "2026-11-23T06:40:00.5Z"
            {"enum": ["A", "B"]} | "B"
            """)
    void accepts(String schema, String value) {
        assertThat(violations(schema, value, Unnamed.REFUSED)).isEmpty();
    }

    @Test
    void fieldsThatTheSchemaDoesNotNameArePassedOverWhereTheyMay() {
        String schema = "{\"properties\": {\"a\": {\"type\": \"string\"}}}";
        assertThat(violations(schema, "{\"b\": 1}", Unnamed.ALLOWED)).isEmpty();
        assertThat(violations(schema, "{\"b\": 1}", Unnamed.REFUSED)).containsExactly("$.b is not in the schema");
    }

    @Test
    void aKeywordThatIsNotKnownIsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> violations("{\"patern\": \"x\"}", "1", Unnamed.ALLOWED));
    }

    private static List<String> violations(String schema, String value, Unnamed unnamed) {
        return SchemaCheck.violations(DOCUMENT, JSON.readTree(schema), JSON.readTree(value), unnamed);
    }
}
