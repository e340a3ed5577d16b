/* Equal functions, which a linker folds into one: it keeps the line rows of both. */
__attribute__((noinline)) int same1(int x) {
    volatile int y = x;
    return y * 7;
}

__attribute__((noinline)) int same2(int x) {
    volatile int y = x;
    return y * 7;
}

/* The name that debug information gives is neither the shorter one nor the first. */
__attribute__((noinline)) int realName(int x) {
    volatile int y = x;
    return y * 9;
}

int zz(int) __attribute__((alias("realName")));

void _start(void) {
    volatile int sum = same1(1) + same2(2) + realName(3);
    (void) sum;
}
