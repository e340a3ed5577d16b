#include "geometry.h"

namespace geometry {

namespace {

__attribute__((noinline)) word hidden(word x) {
    return mixTwice(x) + 3;
}

}  // namespace

word Square::area(word scale) const {
    return hidden(side * side) * scale;
}

word Circle::area(word scale) const {
    return mixTwice(radius * radius * 3) * scale + hidden(radius);
}

__attribute__((noinline)) bool Circle::operator<(const Circle &other) const {
    return mix(radius) < mix(other.radius);
}

}  // namespace geometry
