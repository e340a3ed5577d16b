/* One function per executable segment; segments.ld gives each segment another distance from its file offset. */
typedef unsigned long word;

volatile word sink;

__attribute__((section(".text.low"), noinline)) word low(word x) {
    sink = x;
    return x * 3;
}

__attribute__((section(".text.high"), noinline)) word high(word x) {
    sink = x + 1;
    return low(x) * 5;
}

__attribute__((section(".text.below"), noinline)) word below(word x) {
    sink = x + 2;
    return high(x) * 7;
}

__attribute__((section(".text.low"), noreturn)) void _start(void) {
    for (word x = 0;; x++) {
        sink = below(x);
    }
}
