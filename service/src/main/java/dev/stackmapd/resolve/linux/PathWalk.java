package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.process.Device;
import java.util.Arrays;

/// Resolves a path directory by directory, with a given directory as the root. Not thread-safe.
///
/// One system call for the whole path would be faster, but would show neither which users may read the
/// file nor which file system does not respond. Each directory is pinned before its status is read, and
/// the next step starts from the pinned directory, so that it cannot be replaced in between.
///
/// A step accesses only the file system of its directory. At a mount point, the failure domain changes
/// before the mounted file system is accessed. The recorded domain is therefore always the one that does
/// not respond.
public final class PathWalk {
    /// The only step of a path without any name in it.
    private static final byte[] ITSELF = ".".getBytes(US_ASCII);

    /// On whose behalf a file is looked up.
    public enum Reader {
        /// A sender without any proof: it gets only files that any user of this host may read. A
        /// directory that not every user may traverse ends the walk.
        ANY_USER,
        /// A sender whose process maps the file according to the kernel, or to which the operator has
        /// opened these directories.
        ENTITLED
    }

    private final FileCalls calls;
    private final HostFileThreads.TrackedCall call;
    private final Reader reader;

    /// @param call records the failure domain of each step
    public PathWalk(FileCalls calls, HostFileThreads.TrackedCall call, Reader reader) {
        this.calls = calls;
        this.call = call;
        this.reader = reader;
    }

    /// Pins the file of a path. Afterwards, [FileCalls] has the status of this file.
    ///
    /// @param root a pinned directory, which the caller keeps
    /// @return a descriptor that the caller releases; or the negated `errno`, or [StorageFile#MADE_UP]
    public int down(int root, byte[] path) {
        if (path.length >= FileCalls.MAX_PATH_BYTES) {
            return -Errno.ENAMETOOLONG.number();
        }
        int looked = enter(root);
        if (looked < 0) {
            return looked;
        }
        int folder = root;
        int from = nameFrom(path, 0);
        do {
            int to = nameEnd(path, from);
            int next = mayPass()
                    ? step(folder, from == to ? ITSELF : Arrays.copyOfRange(path, from, to))
                    : -Errno.EACCES.number();
            if (folder != root) {
                calls.release(folder);
            }
            if (next < 0) {
                return next;
            }
            folder = next;
            from = nameFrom(path, to);
        } while (from < path.length);
        return mayRead() ? folder : refuse(folder, -Errno.EACCES.number());
    }

    private int step(int folder, byte[] name) {
        Device device = calls.device();
        long inode = calls.inode();
        int next = calls.step(folder, name);
        if (next == -Errno.EXDEV.number()) {
            call.enter(FailureDomain.ofMountPoint(device, inode, PathName.of(name)));
            return intoMount(calls.stepIntoMount(folder, name));
        }
        int looked = next < 0 ? next : calls.status(next);
        return looked < 0 && next >= 0 ? refuse(next, looked) : next;
    }

    private int intoMount(int root) {
        if (root < 0) {
            return root;
        }
        int looked = enter(root);
        return looked < 0 ? refuse(root, looked) : root;
    }

    /// Enters the root of a file system: reads the status that the kernel has cached, to learn the
    /// failure domain, then the actual status.
    private int enter(int root) {
        int remembered = calls.rememberedStatus(root);
        if (remembered < 0) {
            return remembered;
        }
        call.enter(FailureDomain.ofFileSystem(calls.device()));
        int storage = StorageFile.check(calls, root);
        return storage < 0 ? storage : calls.status(root);
    }

    private boolean mayPass() {
        return switch (reader) {
            case ANY_USER -> calls.anyUserMayPass();
            case ENTITLED -> true;
        };
    }

    private boolean mayRead() {
        return switch (reader) {
            case ANY_USER -> calls.anyUserMayRead();
            case ENTITLED -> true;
        };
    }

    private int refuse(int pinned, int why) {
        calls.release(pinned);
        return why;
    }

    private static int nameFrom(byte[] path, int at) {
        int from = at;
        while (from < path.length && path[from] == '/') {
            from++;
        }
        return from;
    }

    private static int nameEnd(byte[] path, int from) {
        int to = from;
        while (to < path.length && path[to] != '/') {
            to++;
        }
        return to;
    }
}
