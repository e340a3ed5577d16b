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

/// A set of labels with distinct names, in the order of their names. Immutable.
///
/// Names are those of Prometheus, `[a-zA-Z_][a-zA-Z0-9_]*`. A sender's `.`, `-` and `/` become `_`, as OpenTelemetry's
/// rules for Prometheus have it; a sender's label that has the name of something that profiles are selected by gets
/// `_` before it. A label without a value is none, as in Prometheus.
public final class Labels implements Comparable<Labels> {
    public static final int MAX_LABELS = 32;
    /// Of a name, and of a value, in UTF-8.
    public static final int MAX_BYTES = 256;

    public static final Labels NONE = new Labels(new TreeMap<>());

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_./-]*");
    private static final Set<String> RESERVED = Set.of("type", "build_id", "binary", "function", "file", "stack");

    private final SortedMap<String, String> byName;

    private Labels(SortedMap<String, String> byName) {
        this.byName = Collections.unmodifiableSortedMap(byName);
    }

    /// Collects labels as a sender has them. For one thread.
    public static final class Builder {
        private final SortedMap<String, String> byName = new TreeMap<>();

        /// Adds one label.
        ///
        /// @return why the label cannot be kept; empty where it was added
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

    /// Returns the name that a sender's label is kept under.
    private static String kept(String name) {
        String kept = name.replace('.', '_').replace('-', '_').replace('/', '_');
        return RESERVED.contains(kept) ? "_" + kept : kept;
    }

    /// The labels by name, ascending; not to be changed.
    public SortedMap<String, String> byName() {
        return byName;
    }

    /// Returns the value of a label.
    public Optional<String> get(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Label by label, by name and then by value; fewer labels first where they are those of the other set too.
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
