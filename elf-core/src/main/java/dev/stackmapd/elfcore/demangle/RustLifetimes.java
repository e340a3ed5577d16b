package dev.stackmapd.elfcore.demangle;

/// The lifetimes that binders (`for<'a>`) around a type have bound, named in the order of binding.
final class RustLifetimes {

    private static final int LETTERS = 26;

    private final Mangled in;
    private long bound;

    RustLifetimes(Mangled in) {
        this.in = in;
    }

    long bound() {
        return bound;
    }

    /// Restores the number of bound lifetimes at the end of a binder to the value of [#bound] before it.
    void restore(long outer) {
        bound = outer;
    }

    /// Binds one more lifetime.
    String bind() {
        bound++;
        return name(1);
    }

    /// Returns the name of a lifetime. The innermost bound lifetime is 1, an erased one is 0; the
    /// outermost is shown as `'a`.
    String name(long index) {
        if (index == 0) {
            return "'_";
        }
        if (Long.compareUnsigned(index, bound) > 0) {
            in.fail();
            return "";
        }
        long depth = bound - index;
        return depth < LETTERS ? "'" + (char) ('a' + depth) : "'z" + (depth - LETTERS + 1);
    }
}
