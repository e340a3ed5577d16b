package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.process.Device;
import java.util.Arrays;

/// Goes down a path folder by folder, as if a directory were the root of everything. For one thread.
///
/// One system call for the whole path would be faster, but would tell neither who else may read the file nor
/// which file system does not answer. Each folder is pinned before it is looked at, and the next step leads out
/// of that very folder, so that none can be exchanged between the look and the step.
///
/// A step asks only the file system that the folder is on, and where something is mounted the place of the
/// visit changes before that is asked. So the place is right whatever does not answer.
public final class PathWalk {
    /// The only step of a path without any name in it.
    private static final byte[] ITSELF = ".".getBytes(US_ASCII);

    /// For whom a file is looked up.
    public enum Reader {
        /// For a sender who has shown nothing: what any user of this host may read. A folder that not every
        /// user may pass ends the walk.
        ANY_USER,
        /// For a sender of whose process the kernel says that it has mapped the file, or for one whom the
        /// operator has let into these directories.
        ENTITLED
    }

    private final FileCalls calls;
    private final HostFileThreads.TrackedCall call;
    private final Reader reader;

    public PathWalk(FileCalls calls, HostFileThreads.TrackedCall call, Reader reader) {
        this.calls = calls;
        this.call = call;
        this.reader = reader;
    }

    /// Pins the file of a path. [FileCalls] has looked at it last.
    ///
    /// @param root pinned, stays the caller's
    /// @return a descriptor, which is the caller's; or the negated `errno`, or [StorageFile#MADE_UP]
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

    /// Looks at the root of a file system: first at what the kernel remembers, for the place, then again.
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
