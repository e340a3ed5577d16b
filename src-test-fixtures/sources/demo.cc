// The program of the first look: a shop that prices baskets for ever. Built with frame pointers, so that its stacks
// are whole, and with libc alone, so that it is small.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace shop {

struct Item {
    uint32_t article;
    uint32_t pieces;
    uint64_t cents;
};

inline __attribute__((always_inline)) uint64_t scramble(uint64_t x) {
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return x * 0x2545f4914f6cdd1dULL;
}

class Random {
public:
    explicit Random(uint64_t seed) : state(seed) {}

    uint64_t next() {
        state = scramble(state);
        return state;
    }

private:
    uint64_t state;
};

template <typename T, int Capacity>
class Basket {
public:
    __attribute__((noinline)) void add(T item) {
        items[count++ % Capacity] = item;
    }

    template <typename Less>
    __attribute__((noinline)) void sort(Less less) {
        for (int i = 1; i < Capacity; i++) {
            T moving = items[i];
            int at = i;
            for (; at > 0 && less(moving, items[at - 1]); at--) {
                items[at] = items[at - 1];
            }
            items[at] = moving;
        }
    }

    const T &at(int i) const {
        return items[i];
    }

private:
    T items[Capacity] = {};
    int count = 0;
};

using Order = Basket<Item, 64>;

class Discount {
public:
    virtual uint64_t apply(uint64_t cents) const = 0;
};

class Percent final : public Discount {
public:
    __attribute__((noinline)) uint64_t apply(uint64_t cents) const override {
        uint64_t rest = cents;
        for (int step = 0; step < 400; step++) {
            rest = (rest * 97 + 50) / 100 + scramble(rest) % 7;
        }
        return rest;
    }
};

__attribute__((noinline)) uint64_t tax(uint64_t cents, int depth) {
    uint64_t sum = cents;
    for (int i = 0; i < 600; i++) {
        sum = scramble(sum + static_cast<uint64_t>(i));
    }
    uint64_t rest = depth > 0 ? tax(cents / 2, depth - 1) : 0;
    return sum % 19 + rest + cents * 19 / 100;
}

__attribute__((noinline)) uint64_t price(const Order &order, const Discount &discount) {
    uint64_t cents = 0;
    for (int i = 0; i < 64; i++) {
        cents += order.at(i).pieces * order.at(i).cents;
    }
    uint64_t reduced = discount.apply(cents);
    return reduced + tax(reduced, 3);
}

__attribute__((noinline)) uint64_t checkout(Random &random) {
    Order order;
    for (int i = 0; i < 64; i++) {
        order.add({static_cast<uint32_t>(random.next() % 5000), static_cast<uint32_t>(random.next() % 9 + 1),
                random.next() % 10000});
    }
    order.sort([](const Item &a, const Item &b) { return a.article < b.article; });
    Percent percent;
    uint64_t cents = price(order, percent);
    char *receipt = static_cast<char *>(malloc(64));
    snprintf(receipt, 64, "%llu.%02llu", static_cast<unsigned long long>(cents / 100),
            static_cast<unsigned long long>(cents % 100));
    uint64_t mark = static_cast<uint64_t>(receipt[0]);
    free(receipt);
    return cents + mark;
}

}  // namespace shop

extern "C" void __cxa_pure_virtual() {
    abort();
}

int main(int argc, char **argv) {
    time_t end = time(nullptr) + (argc > 1 ? atoi(argv[1]) : 10);
    shop::Random random(88172645463325252ULL);
    uint64_t cents = 0;
    while (time(nullptr) < end) {
        cents += shop::checkout(random);
    }
    printf("%llu\n", static_cast<unsigned long long>(cents));
    return 0;
}
