package dev.stackmapd.elfcore.demangle;

import java.util.Arrays;

/// The syntax tree of one Itanium name, in flat form: a node is an index into one `int[]`, and all
/// arrays are reused for the next name.
///
/// ```text
/// node:  | kind, precedence << 8, shape << 16 | a | b | c | d |     what a to d mean stands at each NodeKind
/// list:  | count | node | node | …            in an array of its own; a list is the index of its count
/// ```
///
/// Node 0 and list 0 are never filled: 0 is "none" for nodes and the empty list.
final class Nodes {

    static final int NONE = 0;
    static final int EMPTY_LIST = 0;

    private static final int WORDS = 5;
    private static final int KEPT_WORDS = 1 << 16;

    private final Budget budget;
    private final Mangled in;
    private int[] words = new int[WORDS * 256];
    private int used;
    private int[] lists = new int[512];
    private int listsUsed;
    private int[] pending = new int[64];
    private int pendingCount;

    Nodes(Budget budget, Mangled in) {
        this.budget = budget;
        this.in = in;
    }

    void reset() {
        used = WORDS;
        listsUsed = 1;
        pendingCount = 0;
        if (words.length > KEPT_WORDS) {
            words = new int[WORDS * 256];
        }
        if (lists.length > KEPT_WORDS) {
            lists = new int[512];
        }
    }

    int add(int kind, int a, int b) {
        return add(kind, a, b, 0, 0);
    }

    int add(int kind, int a, int b, int c, int d) {
        return add(kind, Shape.PLAIN, Precedence.PRIMARY, a, b, c, d);
    }

    int addShaped(int kind, int shape, int a, int b) {
        return add(kind, shape, Precedence.PRIMARY, a, b, 0, 0);
    }

    int addRanked(int kind, int precedence, int a, int b, int c) {
        return add(kind, Shape.PLAIN, precedence, a, b, c, 0);
    }

    int add(int kind, int shape, int precedence, int a, int b, int c, int d) {
        if (!budget.spend()) {
            return in.fail();
        }
        if (used + WORDS > words.length) {
            words = Arrays.copyOf(words, words.length * 2);
        }
        int node = used;
        used += WORDS;
        words[node] = kind | (precedence << 8) | (shape << 16);
        words[node + 1] = a;
        words[node + 2] = b;
        words[node + 3] = c;
        words[node + 4] = d;
        return node;
    }

    int kind(int node) {
        return words[node] & 0xff;
    }

    int precedence(int node) {
        return (words[node] >> 8) & 0xff;
    }

    int shape(int node) {
        return words[node] >> 16;
    }

    int a(int node) {
        return words[node + 1];
    }

    int b(int node) {
        return words[node + 2];
    }

    int c(int node) {
        return words[node + 3];
    }

    int d(int node) {
        return words[node + 4];
    }

    void setB(int node, int value) {
        words[node + 2] = value;
    }

    void setC(int node, int value) {
        words[node + 3] = value;
    }

    /// Begins a list, and returns its start. Lists nest like the rules that make them.
    int beginList() {
        return pendingCount;
    }

    void push(int node) {
        if (pendingCount == pending.length) {
            pending = Arrays.copyOf(pending, pendingCount * 2);
        }
        pending[pendingCount++] = node;
    }

    /// Makes a list of the nodes pushed since `begin`.
    int endList(int begin) {
        int count = pendingCount - begin;
        pendingCount = begin;
        if (count == 0) {
            return EMPTY_LIST;
        }
        while (listsUsed + count + 1 > lists.length) {
            lists = Arrays.copyOf(lists, lists.length * 2);
        }
        int list = listsUsed;
        lists[list] = count;
        System.arraycopy(pending, begin, lists, list + 1, count);
        listsUsed += count + 1;
        return list;
    }

    int count(int list) {
        return lists[list];
    }

    int item(int list, int index) {
        return lists[list + 1 + index];
    }
}
