package dev.stackmapd.resolve.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/// Handles of the functions of the C library that open and read files. The first parameter of each is
/// the memory that receives `errno`.
///
/// If a function does not exist (another system, an old C library, native access denied to Java), its
/// handle fails with `ENOSYS`, as on a kernel without the system call.
final class CLibrary {
    static final int ENOSYS = 38;
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    /// The number of `openat2` on every architecture of Linux 5.6 and later.
    static final long SYS_OPENAT2 = 437;

    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

    /// `int openat(int dirfd, const char *path, int flags, ...)`
    static final MethodHandle OPENAT = bind(
            "openat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(3));

    /// `long syscall(long number, ...)` with the arguments of `openat2`: dirfd, path, how, size of how.
    static final MethodHandle OPENAT2 = bind(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    /// `int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *into)`
    static final MethodHandle STATX =
            bind("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

    /// `int fstatfs(int fd, struct statfs *into)`
    static final MethodHandle FSTATFS = bind("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    /// `ssize_t pread(int fd, void *into, size_t length, off_t offset)`
    static final MethodHandle PREAD =
            bind("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));

    /// `ssize_t readlinkat(int dirfd, const char *path, char *into, size_t length)`
    static final MethodHandle READLINKAT =
            bind("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));

    /// `void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)`
    static final MethodHandle MMAP = bind(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

    /// `int munmap(void *addr, size_t length)`
    static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    /// `int close(int fd)`
    static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private CLibrary() {}

    /// Returns `errno` of a failed call.
    ///
    /// @param callState the first argument of that call
    static int errno(MemorySegment callState) {
        return (int) ERRNO.get(callState, 0L);
    }

    private static MethodHandle bind(String name, FunctionDescriptor function, Linker.Option... options) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return absent(function);
        }
        try {
            Linker linker = Linker.nativeLinker();
            Linker.Option[] all = new Linker.Option[options.length + 1];
            System.arraycopy(options, 0, all, 0, options.length);
            all[options.length] = Linker.Option.captureCallState("errno");
            return linker.defaultLookup()
                    .find(name)
                    .map(address -> linker.downcallHandle(address, function, all))
                    .orElseGet(() -> absent(function));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return absent(function);
        }
    }

    static MethodHandle absent(FunctionDescriptor function) {
        MethodType type = function.toMethodType().insertParameterTypes(0, MemorySegment.class);
        try {
            MethodHandle refuse = MethodHandles.lookup()
                    .findStatic(CLibrary.class, "refuse", MethodType.methodType(long.class, MemorySegment.class));
            MethodHandle sized =
                    MethodHandles.explicitCastArguments(refuse, refuse.type().changeReturnType(type.returnType()));
            return MethodHandles.dropArgumentsToMatch(sized, 0, type.parameterList(), 0);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("refuse is right here", e);
        }
    }

    static long refuse(MemorySegment callState) {
        ERRNO.set(callState, 0L, ENOSYS);
        return -1;
    }
}
