/* A program whose files many tools rewrite: see build-layouts.sh. LARGER makes another program of it. */
static volatile int sink;

__attribute__((noinline)) static int square(int n) {
    return n * n;
}

__attribute__((noinline)) int total(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += square(i);
    }
    return sum;
}

#ifdef LARGER
__attribute__((noinline)) int larger(int n) {
    return total(n) ^ total(n + 1) ^ total(n + 2);
}
#endif

__attribute__((used)) void _start(void) {
    sink = total(sink);
#ifdef LARGER
    sink = larger(sink);
#endif
    for (;;) {
    }
}
