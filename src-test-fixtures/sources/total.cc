#include "geometry.h"

namespace geometry {

volatile word sink;

template <typename F>
static __attribute__((noinline)) word forEach(int count, F f) {
    word sum = 0;
    for (int i = 0; i < count; i++) {
        sum += f(i);
    }
    return sum;
}

__attribute__((noinline)) word total(const Shape *const *shapes, int count, word scale) {
    return forEach(count, [&](int i) __attribute__((noinline)) { return shapes[i]->area(scale); });
}

}  // namespace geometry
