// Templates and inlines that three compilation units share.
#pragma once

namespace geometry {

using word = unsigned long;

extern volatile word sink;

inline __attribute__((always_inline)) word mix(word x) {
    return (x ^ (x >> 7)) * 0x9e3779b1u;
}

inline __attribute__((always_inline)) word mixTwice(word x) {
    return mix(mix(x) + 1);
}

template <typename T, int N>
struct Ring {
    T slots[N];

    __attribute__((noinline)) T rotate(T by) {
        T last = slots[N - 1];
        for (int i = N - 1; i > 0; i--) {
            slots[i] = static_cast<T>(mixTwice(slots[i - 1] + by));
        }
        slots[0] = last;
        return last;
    }
};

struct Shape {
    virtual word area(word scale) const = 0;
};

struct Square : Shape {
    word side;
    explicit Square(word s) : side(s) {}
    word area(word scale) const override;
};

struct Circle : Shape {
    word radius;
    explicit Circle(word r) : radius(r) {}
    word area(word scale) const override;
    bool operator<(const Circle &other) const;
};

word total(const Shape *const *shapes, int count, word scale);

}  // namespace geometry
