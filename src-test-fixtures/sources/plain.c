/* Functions of known shapes for every architecture: global and local, with gaps of padding between them. No libc. */
typedef unsigned long word;

volatile word sink;

static __attribute__((noinline, aligned(64))) word leaf(word x) {
    for (int i = 0; i < 16; i++) {
        x = x * 2862933555u + 3037u;
    }
    return x;
}

__attribute__((noinline, aligned(64))) word middle(word x) {
    word sum = leaf(x) ^ leaf(x + 1);
    sink = sum;
    return sum + 1;
}

static __attribute__((noinline, aligned(128))) word recurse(word depth, word x) {
    if (depth == 0) {
        return middle(x);
    }
    return recurse(depth - 1, x + depth) + 1;
}

__attribute__((noinline, aligned(64))) word root(word x) {
    return recurse(5, x) + middle(x);
}

__attribute__((noreturn)) void _start(void) {
    for (word x = 0;; x++) {
        sink = root(x);
    }
}
