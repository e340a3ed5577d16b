/* A relocatable object with one section per function: st_value is an offset into its section, not an address. */
typedef unsigned long word;

__attribute__((noinline)) word first(word x) { return x * 3 + 1; }

__attribute__((noinline)) word second(word x) { return first(x) * 5 + 2; }

static __attribute__((noinline, used)) word third(word x) { return second(x) ^ first(x); }
