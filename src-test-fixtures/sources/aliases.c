/* Many names for one address: which one is shown must not depend on the order of the table. */
typedef unsigned long word;

#define BODY(n) \
    for (int i = 0; i < n; i++) { \
        x = x * 31 + n; \
    } \
    return x

/* global, weak and local names, with 0 to 3 leading underscores */
__attribute__((noinline)) word ___work(word x) { BODY(3); }
extern word __work(word) __attribute__((alias("___work")));
extern word _work(word) __attribute__((alias("___work"), weak));
static word work_local(word) __attribute__((alias("___work"), used));

/* the local name has fewer underscores, the global one wins */
__attribute__((noinline)) word __global_before_local(word x) { BODY(5); }
static word global_before_local(word) __attribute__((alias("__global_before_local"), used));

/* only local names */
static __attribute__((noinline, used)) word __only_local(word x) { BODY(7); }
static word only_local(word) __attribute__((alias("__only_local"), used));

/* the weak name has fewer underscores */
__attribute__((noinline)) word _strong(word x) { BODY(9); }
extern word strong(word) __attribute__((alias("_strong"), weak));

/* two versions of one name, at two addresses */
__attribute__((noinline)) word answer_old(word x) { BODY(11); }
__attribute__((noinline)) word answer_new(word x) { BODY(13); }
__asm__(".symver answer_old, answer@FIXTURE_1");
__asm__(".symver answer_new, answer@@FIXTURE_2");

/* an indirect function: the symbol names its resolver's code */
static word picked_small(word x) { BODY(15); }
static word (*resolve_pick(void))(word) { return picked_small; }
word pick(word) __attribute__((ifunc("resolve_pick")));

word use(word x) { return work_local(x) + global_before_local(x) + only_local(x) + strong(x) + pick(x); }
