#include "geometry.h"

namespace geometry {

__attribute__((noinline)) word droppedFirst(word x) {
    return mixTwice(x) + 1;
}

__attribute__((noinline)) word droppedLater(word x) {
    return droppedFirst(mix(x)) * 3;
}

}  // namespace geometry
