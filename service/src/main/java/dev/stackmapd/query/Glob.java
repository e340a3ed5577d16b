package dev.stackmapd.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// A shell pattern for a whole path (glob(7)): `*`, `?`, `[a-z]`, `[!a-z]` or `[^a-z]`, and `\` before a
/// literal character. `*`, `?` and sets match `/` too, as in elfutils' server. A `[` without a `]` is
/// literal; character classes (`[:digit:]`) are not supported. Immutable.
///
/// A match takes at most O(pattern × path) steps: the text between two `*` is matched at its first
/// occurrence, without backtracking.
final class Glob implements Predicate<String> {
    /// The parts before, between and after the `*`, as one predicate per character. There is at least
    /// one part, and parts may be empty.
    private final List<List<IntPredicate>> runs = new ArrayList<>(List.of(new ArrayList<>()));

    Glob(String pattern) {
        int[] text = pattern.codePoints().toArray();
        for (int at = 0; at < text.length; ) {
            at = add(text, at);
        }
    }

    /// Parses the element at `at`, and returns the index of the next one.
    private int add(int[] text, int at) {
        int c = text[at];
        List<IntPredicate> run = runs.getLast();
        switch (c) {
            case '*' -> runs.add(new ArrayList<>());
            case '?' -> run.add(any -> true);
            case '[' -> {
                int end = endOfSet(text, at);
                run.add(end > 0 ? set(text, at + 1, end) : literal(c));
                return Math.max(at, end) + 1;
            }
            case '\\' -> {
                int next = Math.min(at + 1, text.length - 1);
                run.add(literal(text[next]));
                return next + 1;
            }
            default -> run.add(literal(c));
        }
        return at + 1;
    }

    private static IntPredicate literal(int wanted) {
        return c -> c == wanted;
    }

    /// Returns the index of the `]` that ends the set, which is not the first character in it; 0 if
    /// there is none.
    private static int endOfSet(int[] text, int at) {
        int first = at + 1 < text.length && isNegation(text[at + 1]) ? at + 2 : at + 1;
        for (int i = first + 1; i < text.length; i++) {
            if (text[i] == ']') {
                return i;
            }
        }
        return 0;
    }

    private static boolean isNegation(int c) {
        return c == '!' || c == '^';
    }

    private static IntPredicate set(int[] text, int from, int end) {
        boolean negated = isNegation(text[from]);
        int first = negated ? from + 1 : from;
        return c -> isInSet(c, text, first, end) != negated;
    }

    private static boolean isInSet(int c, int[] text, int first, int end) {
        for (int i = first; i < end; i++) {
            boolean isRange = i + 2 < end && text[i + 1] == '-';
            if (c >= text[i] && c <= text[isRange ? i + 2 : i]) {
                return true;
            }
            i += isRange ? 2 : 0;
        }
        return false;
    }

    @Override
    public boolean test(String path) {
        int[] text = path.codePoints().toArray();
        List<IntPredicate> first = runs.getFirst();
        List<IntPredicate> last = runs.getLast();
        int end = text.length - last.size();
        if (runs.size() == 1) {
            return end == 0 && isAt(first, text, 0);
        }
        int at = first.size();
        if (at > end || !isAt(first, text, 0) || !isAt(last, text, end)) {
            return false;
        }
        for (List<IntPredicate> run : runs.subList(1, runs.size() - 1)) {
            while (at + run.size() <= end && !isAt(run, text, at)) {
                at++;
            }
            at += run.size();
        }
        return at <= end;
    }

    /// Returns true if the run matches at `at`.
    ///
    /// @param at followed by at least as many characters as the run has
    private static boolean isAt(List<IntPredicate> run, int[] text, int at) {
        for (int i = 0; i < run.size(); i++) {
            if (!run.get(i).test(text[at + i])) {
                return false;
            }
        }
        return true;
    }
}
