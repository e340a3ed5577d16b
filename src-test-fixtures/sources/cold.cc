// A function that compilers split: the part behind the unlikely branch goes to .text.unlikely.
#include "geometry.h"

using geometry::word;

extern "C" void __cxa_pure_virtual() {
    __builtin_trap();
}

extern "C" __attribute__((noinline, cold)) void report(word value) {
    geometry::sink = geometry::mixTwice(value);
}

__attribute__((noinline)) word checked(word value) {
    if (__builtin_expect(value == 77, 0)) {
        report(value);
        report(geometry::mix(value));
        __builtin_trap();
    }
    return geometry::mix(value);
}

extern "C" __attribute__((noreturn)) void _start() {
    for (word seed = 1;; seed++) {
        geometry::sink = checked(seed);
    }
}

namespace geometry {
volatile word sink;
}
