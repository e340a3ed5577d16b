/* For relocatable files of many machines: several functions, inlined calls, a thread-local variable. */
static inline int mix(int x) {
    return x * 31 + 7;
}

int first(int x) {
    return mix(x) ^ x;
}

__thread int local;

int second(int x) {
    for (int i = 0; i < x; i++) {
        x = mix(x) + local;
    }
    return x;
}
