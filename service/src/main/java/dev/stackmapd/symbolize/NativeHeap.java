package dev.stackmapd.symbolize;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The C library's heap, where inflated sections lie in pieces of a megabyte. What is freed there stays with the
/// process unless it is told otherwise.
final class NativeHeap {
    /// `int malloc_trim(size_t pad)`; empty where the library has no such function (musl), or Java may not call it.
    private static final Optional<MethodHandle> TRIM = bind();

    private NativeHeap() {}

    private static Optional<MethodHandle> bind() {
        try {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find("malloc_trim")
                    .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, JAVA_LONG)));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return Optional.empty();
        }
    }

    /// Gives free pages back to the system, which takes milliseconds.
    static void trim() {
        TRIM.ifPresent(NativeHeap::call);
    }

    private static void call(MethodHandle trim) {
        try {
            var _ = (int) trim.invokeExact(0L);
        } catch (Throwable e) {
            throw new IllegalStateException("malloc_trim throws nothing", e);
        }
    }
}
