package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Looks for the file of one mapping in the places where it may be. For one thread.
///
/// A file is trusted only if its inode is the mapping's, and by a path only if its device is too (DEV-18); then it
/// is read only if it is a regular one. The numbers that count are those that the maps text of this kernel shows for
/// the file: `stat` reports the same for most file systems, and where it reports others, the kernel is asked
/// ([ShownFile]). So a library on btrfs or overlay is found, and one that took its place is stale: it has another
/// inode, or lies on another file system.
///
/// The device `00:00`, which no file system has, is that of a text that was printed again by a tool: there the inode
/// alone decides. Through the process's own link to the file, which cannot name a wrong one, the device does not
/// count.
final class FileSearch {
    private static final Resolution NO_PID = unreadable("the sender gave no pid");
    private static final Resolution NO_PATH = unreadable("its name is not a path");
    private static final String NEEDS_PTRACE = "another process's files need the same uid or SYS_PTRACE (EACCES)";
    private static final String NEEDS_CHECKPOINT = "the process's link to it needs CHECKPOINT_RESTORE (EPERM)";
    private static final String MAPPING_GONE = "the process has gone or has no such mapping any more (ENOENT)";
    private static final String PROCESS_GONE = "no such process here (ENOENT)";

    private static final Resolution NOT_REGULAR = unreadable("no regular file");

    /// The device of a text that has none.
    private static final Device NO_DEVICE = new Device(0, 0);

    /// What tells files apart.
    private enum Rule {
        DEVICE_AND_INODE,
        INODE
    }

    private final FileCalls calls;
    private final FileBuildIds buildIds;
    private final Vma vma;
    private final BuildIdProfile profile;
    private final Rule byPath;

    FileSearch(FileCalls calls, FileBuildIds buildIds, Vma vma, BuildIdProfile profile) {
        this.calls = calls;
        this.buildIds = buildIds;
        this.vma = vma;
        this.profile = profile;
        this.byPath = vma.device().equals(NO_DEVICE) ? Rule.INODE : Rule.DEVICE_AND_INODE;
    }

    Resolution throughMapFiles(int pid) {
        if (pid == 0) {
            return NO_PID;
        }
        int pinned = calls.pin(ascii("/proc/%d/map_files/%x-%x".formatted(pid, vma.start(), vma.end())));
        return pinned < 0 ? refusedLink(-pinned) : accept(pinned, Rule.INODE);
    }

    Resolution belowRootOf(int pid) {
        if (pid == 0) {
            return NO_PID;
        }
        int root = calls.pin(ascii("/proc/%d/root".formatted(pid)));
        if (root < 0) {
            return refusedRoot(-root);
        }
        try {
            return below(root);
        } finally {
            calls.release(root);
        }
    }

    /// @param roots at least one
    Resolution below(List<RootDirectory> roots) {
        Resolution best = below(roots.getFirst());
        for (RootDirectory root : roots.subList(1, roots.size())) {
            best = best.orElse(() -> below(root));
        }
        return best;
    }

    private Resolution below(RootDirectory root) {
        int directory = root.pin(calls);
        return directory < 0 ? unreadable("a configured root: " + Errno.describe(-directory)) : below(directory);
    }

    /// Tries the name with each `\012` as a newline, then as it stands: a file may truly be called so (PMX-08). A name
    /// that ends in ` (deleted)` is tried as it stands, never without: without, it would be another file (PMX-09).
    private Resolution below(int directory) {
        byte[] path = vma.unescapedPathBytes();
        if (path.length == 0 || path[0] != '/') {
            return NO_PATH;
        }
        Resolution unescaped = at(directory, path);
        byte[] verbatim = vma.pathBytes();
        return Arrays.equals(path, verbatim) ? unescaped : unescaped.orElse(() -> at(directory, verbatim));
    }

    private Resolution at(int directory, byte[] path) {
        int pinned = calls.pinBeneath(directory, path);
        return pinned < 0 ? unreadable(Errno.describe(-pinned)) : accept(pinned, byPath);
    }

    private Resolution accept(int pinned, Rule rule) {
        try {
            int status = calls.status(pinned);
            return status < 0 ? unreadable(Errno.describe(-status)) : accept(pinned, calls.identity(), rule);
        } finally {
            calls.release(pinned);
        }
    }

    private Resolution accept(int pinned, FileIdentity identity, Rule rule) {
        boolean regular = calls.regular();
        ShownFile stat = new ShownFile(identity.device(), identity.inode());
        ShownFile shown = agrees(stat, rule) || !regular ? stat : shown(pinned).orElse(stat);
        if (!agrees(shown, rule)) {
            return stale(shown);
        }
        return regular
                ? buildIds.buildIdOf(calls, pinned, identity, PathName.of(vma.pathBytes()), profile)
                : NOT_REGULAR;
    }

    private boolean agrees(ShownFile file, Rule rule) {
        return file.inode() == vma.inode()
                && switch (rule) {
                    case DEVICE_AND_INODE -> file.device().equals(vma.device());
                    case INODE -> true;
                };
    }

    private Optional<ShownFile> shown(int pinned) {
        int descriptor = StorageFile.open(calls, pinned);
        if (descriptor < 0) {
            return Optional.empty();
        }
        try {
            return ShownFile.of(calls, descriptor);
        } finally {
            calls.release(descriptor);
        }
    }

    private Resolution stale(ShownFile file) {
        String detail = file.inode() == vma.inode()
                ? "a file of this inode is there, but on device %s, not %s".formatted(file.device(), vma.device())
                : "another file is there now: inode %s, not %s"
                        .formatted(Long.toUnsignedString(file.inode()), Long.toUnsignedString(vma.inode()));
        return new Resolution.Missing(Frame.Reason.STALE_FILE, detail);
    }

    private static Resolution refusedLink(int errno) {
        if (errno == Errno.EPERM.number()) {
            return unreadable(NEEDS_CHECKPOINT);
        }
        return errno == Errno.ENOENT.number() ? unreadable(MAPPING_GONE) : refused(errno);
    }

    private static Resolution refusedRoot(int errno) {
        return errno == Errno.ENOENT.number() ? unreadable(PROCESS_GONE) : refused(errno);
    }

    private static Resolution refused(int errno) {
        return unreadable(errno == Errno.EACCES.number() ? NEEDS_PTRACE : Errno.describe(errno));
    }

    private static Resolution unreadable(String detail) {
        return new Resolution.Missing(Frame.Reason.UNREADABLE, detail);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
