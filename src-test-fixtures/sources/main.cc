#include "geometry.h"

using geometry::Circle;
using geometry::Ring;
using geometry::Shape;
using geometry::Square;
using geometry::word;

extern "C" void __cxa_pure_virtual() {
    __builtin_trap();
}

static __attribute__((noinline)) word round(word seed) {
    Square square(seed);
    Circle circle(seed + 1);
    const Shape *shapes[] = {&square, &circle};
    Ring<unsigned, 4> small = {{1, 2, 3, 4}};
    Ring<word, 8> large = {{seed}};
    return geometry::total(shapes, 2, seed) + small.rotate(static_cast<unsigned>(seed)) + large.rotate(seed)
            + (circle < Circle(seed + 2));
}

extern "C" __attribute__((noreturn)) void _start() {
    for (word seed = 1;; seed++) {
        geometry::sink = round(seed);
    }
}
