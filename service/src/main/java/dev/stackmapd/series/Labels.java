package dev.stackmapd.series;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A set of labels with distinct names, ordered by name. Immutable.
///
/// Names have Prometheus syntax, `[a-zA-Z_][a-zA-Z0-9_]*`. `.`, `-` and `/` in a sender's name become
/// `_`, as in OpenTelemetry's rules for Prometheus. A sender's label that has the name of a built-in
/// selector gets the prefix `_`. As in Prometheus, a label with an empty value is the same as no label.
public final class Labels implements Comparable<Labels> {
    public static final int MAX_LABELS = 32;
    /// Maximum size of a name, and of a value, in UTF-8.
    public static final int MAX_BYTES = 256;

    public static final Labels NONE = new Labels(new TreeMap<>());

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_./-]*");
    private static final Set<String> RESERVED = Set.of("type", "build_id", "binary", "function", "file", "stack");

    private final SortedMap<String, String> byName;

    private Labels(SortedMap<String, String> byName) {
        this.byName = Collections.unmodifiableSortedMap(byName);
    }

    /// Collects labels that a sender gives. Not thread-safe.
    public static final class Builder {
        private final SortedMap<String, String> byName = new TreeMap<>();

        /// Adds one label.
        ///
        /// @return why the label is rejected; empty if it was added or has no value
        public Optional<String> add(String name, String value) {
            if (!NAME.matcher(name).matches() || name.length() > MAX_BYTES) {
                return Optional.of(
                        "is not a label name: [a-zA-Z_][a-zA-Z0-9_./-]*, up to %d bytes".formatted(MAX_BYTES));
            }
            if (value.length() > MAX_BYTES || value.getBytes(UTF_8).length > MAX_BYTES) {
                return Optional.of("is longer than %d bytes".formatted(MAX_BYTES));
            }
            String kept = kept(name);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            if (byName.putIfAbsent(kept, value) != null) {
                return Optional.of("is kept as %s, which the label set has already".formatted(kept));
            }
            if (byName.size() > MAX_LABELS) {
                return Optional.of("is one label too many: up to %d".formatted(MAX_LABELS));
            }
            return Optional.empty();
        }

        public Labels build() {
            return byName.isEmpty() ? NONE : new Labels(new TreeMap<>(byName));
        }
    }

    /// Returns the name under which a sender's label is stored.
    private static String kept(String name) {
        String kept = name.replace('.', '_').replace('-', '_').replace('/', '_');
        return RESERVED.contains(kept) ? "_" + kept : kept;
    }

    /// Returns an unmodifiable map of the labels, ascending by name.
    public SortedMap<String, String> byName() {
        return byName;
    }

    /// Returns the value of a label; empty if the label is absent.
    public Optional<String> get(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Compares label by label, by name and then by value. A set that is a prefix of the other is less.
    @Override
    public int compareTo(Labels other) {
        Iterator<Map.Entry<String, String>> mine = byName.entrySet().iterator();
        Iterator<Map.Entry<String, String>> theirs = other.byName.entrySet().iterator();
        while (mine.hasNext() && theirs.hasNext()) {
            Map.Entry<String, String> one = mine.next();
            Map.Entry<String, String> another = theirs.next();
            int order = one.getKey().compareTo(another.getKey());
            order = order != 0 ? order : one.getValue().compareTo(another.getValue());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(byName.size(), other.byName.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Labels that && byName.equals(that.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    /// Returns `{name="value", …}`, ascending by name.
    @Override
    public String toString() {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, String> label : byName.entrySet()) {
            texts.add("%s=\"%s\"".formatted(label.getKey(), label.getValue()));
        }
        return "{" + String.join(", ", texts) + "}";
    }
}
