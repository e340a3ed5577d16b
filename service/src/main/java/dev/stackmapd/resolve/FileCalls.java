package dev.stackmapd.resolve;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.process.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/// System calls on files, with the memory that they need. A call answers 0 or more, or the negated `errno`.
///
/// A file is first *pinned* (`O_PATH`): that finds it without opening it, so no device is started, no FIFO waits for
/// its other end or releases it, and no permission on the file itself is needed. Only after a look at what it is, it is
/// opened through `/proc/self/fd`, which leads to the very file that was pinned, whatever its path names by then.
///
/// The numbers are those of x86-64, arm64, riscv64 and every other architecture that Java runs on under Linux; flags
/// that differ between them (`O_DIRECTORY`, `O_NOFOLLOW`) are not used. For one thread.
///
/// ```text
///  memory    0  errno, 16 bytes
///           16  struct open_how: flags, mode, resolve
///           48  struct statx, 256 bytes; struct statfs, 120 bytes
///          304  path, at most 4096 bytes with its 0
///         4400  what is read
/// ```
final class FileCalls implements AutoCloseable {
    /// Bytes that one read can give.
    static final int READ_BYTES = 4096;

    /// `PATH_MAX`: bytes of a path, with the 0 that ends it.
    static final int MAX_PATH_BYTES = 4096;

    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    private static final int O_PIN = O_PATH | O_CLOEXEC;
    private static final long RESOLVE_NO_MAGICLINKS = 2;
    private static final long RESOLVE_NO_SYMLINKS = 4;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;

    private static final int PROT_NONE = 0;
    private static final int MAP_PRIVATE = 2;
    private static final long MAP_FAILED = -1;
    private static final long LOWEST_PAGE = 4096;

    /// The kernel rounds it up to its own page.
    private static final long PAGE_BYTES = 4096;

    private static final long HOW = 16;
    private static final long HOW_BYTES = 24;
    private static final long STATUS = 48;
    private static final long PATH = 304;
    private static final long DATA = PATH + MAX_PATH_BYTES;

    private static final byte[] NO_PATH = {};

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(DATA + READ_BYTES, Long.BYTES);

    /// Pins what a path of this service's own making names; links are followed, those of `/proc` too.
    int pin(byte[] path) {
        int set = setPath(path);
        return set < 0 ? set : openat(AT_FDCWD, O_PIN);
    }

    /// Pins what a path names below a directory as if that were the root of everything: `..` does not leave it, and no
    /// link is followed, so the path must be as canonical as the kernel prints it.
    int pinBeneath(int directory, byte[] path) {
        int set = setPath(path);
        if (set < 0) {
            return set;
        }
        memory.set(JAVA_LONG, HOW, O_PIN);
        memory.set(JAVA_LONG, HOW + 8, 0);
        memory.set(JAVA_LONG, HOW + 16, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
        try {
            return answer((int) (long) CLibrary.OPENAT2.invokeExact(
                    memory, CLibrary.SYS_OPENAT2, directory, at(PATH), at(HOW), HOW_BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Opens a pinned file for reading.
    ///
    /// @param ownFiles `/proc/self/fd`, pinned: to come there anew would cost as much as all the rest of opening
    int open(int ownFiles, int pinned) {
        int set = setPath(Integer.toString(pinned).getBytes(US_ASCII));
        return set < 0 ? set : openat(ownFiles, O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }

    /// Looks at a file, for [#regular] and [#identity] to tell.
    int status(int file) {
        setPath(NO_PATH);
        try {
            return answer((int)
                    CLibrary.STATX.invokeExact(memory, file, at(PATH), AT_EMPTY_PATH, STATX_BASIC_STATS, at(STATUS)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Whether the last [#status] saw a regular file.
    boolean regular() {
        return (memory.get(JAVA_INT, STATUS + 28) & S_IFMT) == S_IFREG;
    }

    /// What the last [#status] saw.
    FileIdentity identity() {
        return new FileIdentity(
                new Device(memory.get(JAVA_INT, STATUS + 136), memory.get(JAVA_INT, STATUS + 140)),
                memory.get(JAVA_LONG, STATUS + 32),
                memory.get(JAVA_LONG, STATUS + 40),
                time(STATUS + 112),
                time(STATUS + 96));
    }

    /// Asks for the file system of a file, for [#fileSystem] to tell.
    int fileSystemStatus(int file) {
        try {
            return answer((int) CLibrary.FSTATFS.invokeExact(memory, file, at(STATUS)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// The magic number (`f_type`) of the file system that the last [#fileSystemStatus] saw.
    int fileSystem() {
        return memory.get(JAVA_INT, STATUS);
    }

    /// Reads once; 0 at the end of the file.
    ///
    /// @param length at most [#READ_BYTES] are read
    int read(int file, long offset, byte[] into, int from, int length) {
        int read;
        try {
            read = answer((int) (long)
                    CLibrary.PREAD.invokeExact(memory, file, at(DATA), (long) Math.min(length, READ_BYTES), offset));
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (read > 0) {
            MemorySegment.copy(memory, JAVA_BYTE, DATA, into, from, read);
        }
        return read;
    }

    /// Maps the first page of an open file, so that nothing can read or write it there. Asks for the lowest
    /// address: the kernel raises what lies below its own minimum (`mmap_min_addr`), and takes another if it is in
    /// use.
    ///
    /// @return the address, to be given to [#unmap]; or the negated `errno`
    long mapWithoutAccess(int file) {
        try {
            long address =
                    (long) CLibrary.MMAP.invokeExact(memory, LOWEST_PAGE, PAGE_BYTES, PROT_NONE, MAP_PRIVATE, file, 0L);
            return address == MAP_FAILED ? -CLibrary.errno(memory) : address;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Undoes [#mapWithoutAccess].
    void unmap(long address) {
        try {
            answer((int) CLibrary.MUNMAP.invokeExact(memory, address, PAGE_BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Gives a descriptor back. What `close` answers is of no use for a file that was only read.
    void release(int file) {
        try {
            answer((int) CLibrary.CLOSE.invokeExact(memory, file));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private int openat(int directory, int flags) {
        try {
            return answer((int) CLibrary.OPENAT.invokeExact(memory, directory, at(PATH), flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// @return 0, or the error of a path that no file can have
    private int setPath(byte[] path) {
        if (path.length >= MAX_PATH_BYTES) {
            return -Errno.ENAMETOOLONG.number();
        }
        for (byte b : path) {
            if (b == 0) {
                return -Errno.EINVAL.number();
            }
        }
        MemorySegment.copy(path, 0, memory, JAVA_BYTE, PATH, path.length);
        memory.set(JAVA_BYTE, PATH + path.length, (byte) 0);
        return 0;
    }

    private Instant time(long at) {
        return Instant.ofEpochSecond(memory.get(JAVA_LONG, at), memory.get(JAVA_INT, at + Long.BYTES));
    }

    private MemorySegment at(long offset) {
        return memory.asSlice(offset);
    }

    private int answer(int returned) {
        return returned >= 0 ? returned : -CLibrary.errno(memory);
    }

    /// A downcall declares every throwable and throws none but errors of this class.
    private static LinkageError unexpected(Throwable e) {
        return new LinkageError("a system call could not be made", e);
    }
}
