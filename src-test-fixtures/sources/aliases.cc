// Several symbols at one address: debug information names one of them. The others are shorter, have fewer underscores
// or come first.
namespace deep {
__attribute__((noinline)) int realName(int x) {
    volatile int y = x;
    return y * 3;
}

struct Base {
    int value;
    Base(int x);
    ~Base();
};
__attribute__((noinline)) Base::Base(int x) : value(x * 5) {}
__attribute__((noinline)) Base::~Base() {
    value = 0;
}

// Its own symbol is its linkage name: the compiler gives it none in debug information.
__attribute__((noinline)) static int hidden(int x) {
    volatile int y = x;
    return y * 7;
}
}  // namespace deep

extern "C" int zz(int) __attribute__((alias("_ZN4deep8realNameEi")));

extern "C" void _start() {
    deep::Base base(deep::realName(2));
    volatile int sum = base.value + deep::hidden(3);
    (void) sum;
}
