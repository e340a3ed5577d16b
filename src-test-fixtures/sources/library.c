/* A shared library with exported and hidden functions. */
typedef unsigned long word;

static __attribute__((noinline)) word inside(word x) {
    for (int i = 0; i < 9; i++) {
        x = x * 33 + 7;
    }
    return x;
}

__attribute__((visibility("hidden"), noinline)) word hidden(word x) { return inside(x) + 1; }

word exported(word x) { return hidden(x) + inside(x); }

word also_exported(word x) { return hidden(x) ^ exported(x + 1); }
