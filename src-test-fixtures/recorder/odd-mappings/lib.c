/* One library, built with many names and build-ids: works a while, calls back, and asks the vdso for the time. */
#include <stdint.h>
#include <time.h>

typedef uint64_t (*step_t)(int depth, uint64_t x);

static __attribute__((noinline)) uint64_t spin(uint64_t x) {
    for (int i = 0; i < 20000; i++) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    }
    return x;
}

__attribute__((noinline)) uint64_t run(step_t step, int depth, uint64_t x) {
    x = spin(x);
    if (depth > 0) {
        x = step(depth - 1, x) + 1;
    }
    for (int i = 0; i < 50; i++) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        x += (uint64_t) t.tv_nsec;
    }
    return x;
}
