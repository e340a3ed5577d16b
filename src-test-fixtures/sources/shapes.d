/// D names: modules, templates, structs and inlined calls, without the runtime library.
module shapes;

__gshared size_t sink;

struct Square {
    size_t side;

    size_t area() const {
        return product(side, side);
    }
}

struct Ring(T, size_t n) {
    T[n] values;

    pragma(inline, false) size_t area() const {
        size_t sum = 0;
        foreach (value; values) {
            sum += value;
        }
        return sum;
    }
}

T product(T)(T a, T b) {
    return a * b;
}

pragma(inline, false) size_t total(size_t seed) {
    auto square = Square(seed);
    auto ring = Ring!(uint, 3)([cast(uint) seed, 2, 3]);
    return square.area() + ring.area() + product(seed, 7);
}

extern (C) void _start() {
    for (size_t seed = 1;; seed++) {
        sink = total(seed);
    }
}
