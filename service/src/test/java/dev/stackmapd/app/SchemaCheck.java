package dev.stackmapd.app;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Holds a value against a schema of the document: the part of JSON Schema 2020-12 that the document uses. A keyword
/// that is not known here is an error, not passed over.
final class SchemaCheck {
    /// What to make of fields that the schema does not name.
    enum Unnamed {
        ALLOWED,
        REFUSED
    }

    /// Keywords that say something of values of one type only.
    private static final Set<String> OF_ONE_TYPE = Set.of(
            "pattern",
            "minLength",
            "maxLength",
            "format",
            "contentEncoding",
            "minimum",
            "maximum",
            "minItems",
            "maxItems",
            "items",
            "required",
            "maxProperties",
            "properties",
            "propertyNames",
            "dependentRequired");

    private final OpenApiDocument document;
    private final Unnamed unnamed;
    private final List<String> violations = new ArrayList<>();

    private SchemaCheck(OpenApiDocument document, Unnamed unnamed) {
        this.document = document;
        this.unnamed = unnamed;
    }

    /// What is wrong with the value, each with its place; empty when it fits.
    static List<String> violations(OpenApiDocument document, JsonNode schema, JsonNode value, Unnamed unnamed) {
        SchemaCheck check = new SchemaCheck(document, unnamed);
        check.check(schema, value, "$");
        return check.violations;
    }

    private void check(JsonNode schema, JsonNode value, String at) {
        if (schema.isBoolean()) {
            that(schema.asBoolean(), at, "must not be there");
            return;
        }
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            apply(keyword.getKey(), keyword.getValue(), value, at);
        }
        if (unnamed == Unnamed.REFUSED && schema.has("properties") && !schema.has("additionalProperties")) {
            for (String name : value.propertyNames()) {
                that(schema.get("properties").has(name), at + "." + name, "is not in the schema");
            }
        }
        if (schema.path("additionalProperties").isObject()) {
            forEachField(value, at, (_, field, where) -> check(schema.get("additionalProperties"), field, where));
        }
    }

    private void apply(String keyword, JsonNode rule, JsonNode value, String at) {
        switch (keyword) {
            case "description", "default", "example", "additionalProperties" -> {}
            case "$ref" -> {
                JsonNode target = document.at(rule.asString());
                that(!target.isMissingNode(), at, "has a schema that is nowhere: " + rule);
                check(target, value, at);
            }
            case "type" -> that(hasType(rule, value), at, "must be of type " + rule + ", was " + value);
            case "const" -> that(rule.equals(value), at, "must be " + rule + ", was " + value);
            case "enum" -> that(rule.valueStream().anyMatch(value::equals), at, "is none of " + rule + ": " + value);
            case "oneOf" -> that(fitting(rule, value, at) == 1, at, "fits not one of oneOf: " + value);
            case "anyOf" -> that(fitting(rule, value, at) > 0, at, "fits none of anyOf: " + value);
            case "allOf" -> rule.forEach(schema -> check(schema, value, at));
            default -> {
                known(keyword);
                switch (value.getNodeType()) {
                    case STRING -> applyToString(keyword, rule, value.asString(), at);
                    case NUMBER -> applyToNumber(keyword, rule, value.decimalValue(), at);
                    case ARRAY -> applyToArray(keyword, rule, value, at);
                    case OBJECT -> applyToObject(keyword, rule, value, at);
                    case BINARY, BOOLEAN, MISSING, NULL, POJO -> {}
                }
            }
        }
    }

    private void applyToString(String keyword, JsonNode rule, String value, String at) {
        switch (keyword) {
            case "pattern" ->
                that(Pattern.compile(rule.asString()).matcher(value).find(), at, "is not " + rule);
            case "minLength" -> that(value.length() >= rule.asInt(), at, "is shorter than " + rule);
            case "maxLength" -> that(value.length() <= rule.asInt(), at, "is longer than " + rule);
            case "format" -> that(rule.asString().equals("date-time") && isUtcTime(value), at, "is no " + rule);
            case "contentEncoding" -> Base64.getDecoder().decode(value);
            default -> {}
        }
    }

    private void applyToNumber(String keyword, JsonNode rule, BigDecimal value, String at) {
        switch (keyword) {
            case "minimum" -> that(value.compareTo(rule.decimalValue()) >= 0, at, "is below " + rule);
            case "maximum" -> that(value.compareTo(rule.decimalValue()) <= 0, at, "is above " + rule);
            case "format" -> {
                int bits = rule.asString().equals("int32") ? 31 : 63;
                that(value.toBigIntegerExact().bitLength() <= bits, at, "is no " + rule);
            }
            default -> {}
        }
    }

    private void applyToArray(String keyword, JsonNode rule, JsonNode value, String at) {
        switch (keyword) {
            case "minItems" -> that(value.size() >= rule.asInt(), at, "has fewer than " + rule);
            case "maxItems" -> that(value.size() <= rule.asInt(), at, "has more than " + rule);
            case "items" -> {
                for (int i = 0; i < value.size(); i++) {
                    check(rule, value.get(i), at + "[" + i + "]");
                }
            }
            default -> {}
        }
    }

    private void applyToObject(String keyword, JsonNode rule, JsonNode value, String at) {
        switch (keyword) {
            case "required" -> rule.forEach(name -> that(value.has(name.asString()), at, name + " is missing"));
            case "maxProperties" -> that(value.size() <= rule.asInt(), at, "has more than " + rule);
            case "properties" ->
                forEachField(value, at, (name, field, where) -> {
                    if (rule.has(name)) {
                        check(rule.get(name), field, where);
                    }
                });
            case "propertyNames" ->
                forEachField(value, at, (name, _, where) -> check(rule, StringNode.valueOf(name), where));
            case "dependentRequired" ->
                forEachField(
                        value,
                        at,
                        (name, _, where) -> rule.path(name)
                                .forEach(other -> that(value.has(other.asString()), where, "needs " + other)));
            default -> {}
        }
    }

    private interface Field {
        void visit(String name, JsonNode value, String at);
    }

    private static void forEachField(JsonNode value, String at, Field field) {
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            field.visit(entry.getKey(), entry.getValue(), at + "." + entry.getKey());
        }
    }

    private int fitting(JsonNode schemas, JsonNode value, String at) {
        int fitting = 0;
        for (JsonNode schema : schemas) {
            SchemaCheck one = new SchemaCheck(document, unnamed);
            one.check(schema, value, at);
            fitting += one.violations.isEmpty() ? 1 : 0;
        }
        return fitting;
    }

    private static boolean hasType(JsonNode types, JsonNode value) {
        return types.isArray()
                ? types.valueStream().anyMatch(type -> hasType(type, value))
                : switch (types.asString()) {
                    case "object" -> value.isObject();
                    case "array" -> value.isArray();
                    case "string" -> value.isString();
                    case "integer" -> value.isIntegralNumber();
                    case "boolean" -> value.isBoolean();
                    case "null" -> value.isNull();
                    default -> throw new IllegalArgumentException("no type that the document uses: " + types);
                };
    }

    private static boolean isUtcTime(String text) {
        try {
            return text.endsWith("Z") && Instant.parse(text).isAfter(Instant.EPOCH);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static void known(String keyword) {
        if (!OF_ONE_TYPE.contains(keyword)) {
            throw new IllegalArgumentException("no keyword that the document uses: " + keyword);
        }
    }

    private void that(boolean holds, String at, String otherwise) {
        if (!holds) {
            violations.add(at + " " + otherwise);
        }
    }
}
