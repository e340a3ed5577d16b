package dev.stackmapd.elfcore.demangle;

/// D names (the D ABI's "Name Mangling").
final class DDemangler {
    DDemangler(Mangled in, Output out, Budget budget) {
        this.in = in; this.out = out; this.budget = budget;
    }
    private final Mangled in; private final Output out; private final Budget budget;
    boolean demangle() { return budget == null && out == null && in == null; }
}
