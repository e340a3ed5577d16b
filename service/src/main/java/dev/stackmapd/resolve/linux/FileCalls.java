package dev.stackmapd.resolve.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.process.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/// Makes system calls on files, and owns the memory that they need. A call returns 0 or more, or the
/// negated `errno`.
///
/// A file is first *pinned* (`O_PATH`), which resolves its path without opening it: no device is
/// activated, no FIFO blocks or wakes its other end, and no permission on the file itself is needed.
/// After its status was checked, the file is opened through `/proc/self/fd`, which leads to exactly the
/// pinned file even if its path has been replaced.
///
/// The constants are those of x86-64, arm64, riscv64 and all other architectures on which Java runs
/// under Linux; flags that differ between them (`O_DIRECTORY`, `O_NOFOLLOW`) are not used. Not
/// thread-safe.
///
/// ```text
///  memory    0  errno, 16 bytes
///           16  struct open_how: flags, mode, resolve
///           48  struct statx, 256 bytes; struct statfs, 120 bytes
///          304  path, at most 4096 bytes with its 0
///         4400  what is read
/// ```
public final class FileCalls implements AutoCloseable {
    /// Maximum number of bytes of one read.
    static final int READ_BYTES = 4096;

    /// `PATH_MAX`: maximum size of a path, including the terminating 0.
    static final int MAX_PATH_BYTES = 4096;

    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    private static final int O_PIN = O_PATH | O_CLOEXEC;
    private static final long RESOLVE_NO_XDEV = 1;
    private static final long RESOLVE_NO_MAGICLINKS = 2;
    private static final long RESOLVE_NO_SYMLINKS = 4;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final long RESOLVE_STEP = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_MNT_ID = 0x1000;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IROTH = 4;
    private static final int S_IXOTH = 1;

    private static final int PROT_NONE = 0;
    private static final int MAP_PRIVATE = 2;
    private static final long MAP_FAILED = -1;
    private static final long LOWEST_PAGE = 4096;

    /// The kernel rounds the length up to its page size.
    private static final long PAGE_BYTES = 4096;

    private static final long HOW = 16;
    private static final long HOW_BYTES = 24;
    private static final long STATUS = 48;
    private static final long PATH = 304;
    private static final long DATA = PATH + MAX_PATH_BYTES;

    private static final byte[] NO_PATH = {};

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(DATA + READ_BYTES, Long.BYTES);

    /// Makes every call once, on the root directory. Java needs some ten milliseconds for the first call
    /// of each function, which must not count against a deadline.
    public static void link() {
        try (FileCalls calls = new FileCalls()) {
            int root = calls.pin(new byte[] {'/'});
            int again = calls.stepIntoMount(root, new byte[] {'.'});
            calls.status(root);
            calls.fileSystemStatus(root);
            calls.pathOf(root, root);
            calls.read(root, 0, new byte[1], 0, 1);
            calls.unmap(Math.max(0, calls.mapWithoutAccess(root)));
            calls.release(again);
            calls.release(root);
        }
    }

    /// Pins the file of a path that this service has composed itself. Symbolic links are followed,
    /// including those of `/proc`.
    public int pin(byte[] path) {
        int set = setPath(path);
        return set < 0 ? set : openat(AT_FDCWD, O_PIN);
    }

    /// Pins an entry of a directory on the same file system; the name `..` resolves to the directory
    /// itself. Links are not followed, so paths must be canonical, as the kernel prints them. Returns
    /// `-EXDEV` at a mount point.
    ///
    /// @param name without a slash
    int step(int directory, byte[] name) {
        return step(directory, name, RESOLVE_STEP | RESOLVE_NO_XDEV);
    }

    /// Pins an entry of a directory like [#step], and enters a mount point.
    int stepIntoMount(int directory, byte[] name) {
        return step(directory, name, RESOLVE_STEP);
    }

    private int step(int directory, byte[] name, long resolve) {
        int set = setPath(name);
        if (set < 0) {
            return set;
        }
        memory.set(JAVA_LONG, HOW, O_PIN);
        memory.set(JAVA_LONG, HOW + 8, 0);
        memory.set(JAVA_LONG, HOW + 16, resolve);
        try {
            return answer((int) (long) CLibrary.OPENAT2.invokeExact(
                    memory, CLibrary.SYS_OPENAT2, directory, at(PATH), at(HOW), HOW_BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Opens a pinned file for reading, and returns its descriptor.
    ///
    /// @param ownFiles `/proc/self/fd`, pinned: resolving it for each file would double the cost of
    ///     opening
    int open(int ownFiles, int pinned) {
        int set = setPath(descriptorName(pinned));
        return set < 0 ? set : openat(ownFiles, O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }

    /// Reads the status of a file, which [#regular] and [#identity] then return. A network file system
    /// is contacted.
    public int status(int file) {
        return status(file, AT_EMPTY_PATH);
    }

    /// Reads the status of a file that the kernel has cached, without contacting a network file system.
    public int rememberedStatus(int file) {
        return status(file, AT_EMPTY_PATH | AT_STATX_DONT_SYNC);
    }

    private int status(int file, int flags) {
        setPath(NO_PATH);
        try {
            return answer((int) CLibrary.STATX.invokeExact(
                    memory, file, at(PATH), flags, STATX_BASIC_STATS | STATX_MNT_ID, at(STATUS)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Returns true if the last status is that of a regular file.
    public boolean regular() {
        return (mode() & S_IFMT) == S_IFREG;
    }

    /// Returns true if the last status is that of a file that any user may read, or of a directory that
    /// any user may list.
    boolean anyUserMayRead() {
        return (mode() & S_IROTH) != 0;
    }

    /// Returns true if the last status is that of a directory that any user may traverse.
    boolean anyUserMayPass() {
        return (mode() & S_IXOTH) != 0;
    }

    private int mode() {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, STATUS + 28));
    }

    /// Returns the device of the last status.
    public Device device() {
        return new Device(memory.get(JAVA_INT, STATUS + 136), memory.get(JAVA_INT, STATUS + 140));
    }

    /// Returns the inode number of the last status, unsigned 64-bit.
    public long inode() {
        return memory.get(JAVA_LONG, STATUS + 32);
    }

    /// Returns the mount id of the last status; 0 before Linux 5.8.
    public long mount() {
        return memory.get(JAVA_LONG, STATUS + 144);
    }

    /// Returns the identity of the file of the last [#status].
    public FileIdentity identity() {
        return new FileIdentity(
                device(), inode(), memory.get(JAVA_LONG, STATUS + 40), time(STATUS + 112), time(STATUS + 96));
    }

    /// Returns the path that the kernel has for a pinned file, as in a maps text but without escapes;
    /// empty if it has none.
    ///
    /// @param ownFiles `/proc/self/fd`, pinned
    byte[] pathOf(int ownFiles, int pinned) {
        setPath(descriptorName(pinned));
        int length;
        try {
            length = answer((int)
                    (long) CLibrary.READLINKAT.invokeExact(memory, ownFiles, at(PATH), at(DATA), (long) READ_BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
        byte[] path = new byte[Math.max(0, length)];
        MemorySegment.copy(memory, JAVA_BYTE, DATA, path, 0, path.length);
        return path;
    }

    private static byte[] descriptorName(int file) {
        return Integer.toString(file).getBytes(US_ASCII);
    }

    /// Reads the type of the file system of a file, which [#fileSystem] then returns.
    int fileSystemStatus(int file) {
        try {
            return answer((int) CLibrary.FSTATFS.invokeExact(memory, file, at(STATUS)));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Returns the magic number (`f_type`) that the last [#fileSystemStatus] read.
    int fileSystem() {
        return memory.get(JAVA_INT, STATUS);
    }

    /// Reads once, and returns the number of bytes; 0 at the end of the file.
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

    /// Maps the first page of an open file without access rights. The requested address is the lowest
    /// one; the kernel raises it to its minimum (`mmap_min_addr`), and chooses another if it is in use.
    ///
    /// @return the address, which is passed to [#unmap] later; or the negated `errno`
    long mapWithoutAccess(int file) {
        try {
            long address =
                    (long) CLibrary.MMAP.invokeExact(memory, LOWEST_PAGE, PAGE_BYTES, PROT_NONE, MAP_PRIVATE, file, 0L);
            return address == MAP_FAILED ? -CLibrary.errno(memory) : address;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Removes the mapping of [#mapWithoutAccess].
    void unmap(long address) {
        try {
            answer((int) CLibrary.MUNMAP.invokeExact(memory, address, PAGE_BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Closes a descriptor. The result of `close` is ignored, because the file was only read.
    public void release(int file) {
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

    /// Copies a path to native memory.
    ///
    /// @return 0, or the negated `errno` if no file can have this path
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

    /// Wraps a failure of the foreign function API. A downcall declares `Throwable`, but can only throw
    /// linkage errors.
    private static LinkageError unexpected(Throwable e) {
        return new LinkageError("a system call could not be made", e);
    }
}
